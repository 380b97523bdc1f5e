import type { Place } from '../errors.ts';
import type { TextSource, UseOrigin } from './origin.ts';
import { spansOf } from './reference-parts.ts';
import { overlap, placed } from './source-of-part.ts';
import { placeInArchive } from './value-leaf.ts';

/** Who wrote a part, for reports: nothing of the values but their paths, because values may be secret. */
export type ToldSource =
  /** Without a file it is the input `set`; one in a packed chart is told by where it is in the archive. */
  | ({ readonly from: 'value'; readonly valuePath: string; readonly inside?: string } & Partial<Place>)
  | ({ readonly from: 'chart'; readonly field: 'appVersion' | 'version' } & Place)
  | { readonly from: 'template' };

export interface OriginPart {
  readonly part: 'registry' | 'repository' | 'tag' | 'digest';
  /** In the order of the text; several where the part is put together. */
  readonly sources: readonly ToldSource[];
}

/**
 * The sources of each part that a reference has, in the order of its text. Punctuation between values (`{{ a }}/{{ b }}`)
 * is the template's and is left out.
 */
export function originParts(origin: UseOrigin): readonly OriginPart[] {
  const spans = spansOf(origin.use.image);
  const segments = placed(origin.segments).filter(({ text, source }) => {
    return source.from !== 'template' || /[A-Za-z0-9]/.test(text);
  });
  return (['registry', 'repository', 'tag', 'digest'] as const).flatMap((part) => {
    const span = spans[part];
    if (span === undefined) return [];
    const sources = segments.filter((segment) => overlap(segment, span) > 0).map(({ source }) => told(source));
    return [{ part, sources: sources.filter((source, index) => !isRepeated(source, sources.slice(0, index))) }];
  });
}

function told(source: TextSource): ToldSource {
  switch (source.from) {
    case 'value':
      return { from: 'value', valuePath: source.valuePath, ...source.place, ...insideOf(source) };
    case 'chart':
      return { from: 'chart', field: source.field, ...source.place };
    case 'template':
      return { from: 'template' };
  }
}

function insideOf({ leaf, offset }: Extract<TextSource, { readonly from: 'value' }>) {
  const packed = placeInArchive(leaf, offset);
  return packed === undefined ? {} : { inside: packed.inside };
}

function isRepeated(source: ToldSource, before: readonly ToldSource[]): boolean {
  const text = JSON.stringify(source);
  return before.some((other) => JSON.stringify(other) === text);
}
