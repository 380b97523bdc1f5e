import type { SourceLocation } from '../../core/errors.ts';
import { locateValueInArchive } from '../tree/scalar-value.ts';
import { overlapLength, withOffsets } from './part-source.ts';
import type { SegmentSource, UseProvenance } from './provenance.ts';
import { partSpans } from './reference-parts.ts';

/** Source of a part for reports. Has only paths of values, because values may be secret. */
export type ReportedSource =
  /** Without a file: the input `set`. In a packaged chart: the position in the archive. */
  | ({ readonly from: 'value'; readonly valuePath: string; readonly inside?: string } & Partial<SourceLocation>)
  | ({ readonly from: 'chart'; readonly field: 'appVersion' | 'version' } & SourceLocation)
  | { readonly from: 'template' };

export interface ProvenancePart {
  readonly part: 'registry' | 'repository' | 'tag' | 'digest';
  /** In the order of the text. Several if the part is concatenated. */
  readonly sources: readonly ReportedSource[];
}

/** Sources of each part in order. Separators between values (`{{ a }}/{{ b }}`) are left out. */
export function originParts(origin: UseProvenance): readonly ProvenancePart[] {
  const spans = partSpans(origin.use.image);
  const segments = withOffsets(origin.segments).filter(({ text, source }) => {
    return source.from !== 'template' || /[A-Za-z0-9]/.test(text);
  });
  return (['registry', 'repository', 'tag', 'digest'] as const).flatMap((part) => {
    const span = spans[part];
    if (span === undefined) return [];
    const sources = segments
      .filter((segment) => overlapLength(segment, span) > 0)
      .map(({ source }) => toReported(source));
    return [{ part, sources: sources.filter((source, index) => !isRepeated(source, sources.slice(0, index))) }];
  });
}

function toReported(source: SegmentSource): ReportedSource {
  switch (source.from) {
    case 'value':
      return { from: 'value', valuePath: source.valuePath, ...source.location, ...insideOf(source) };
    case 'chart':
      return { from: 'chart', field: source.field, ...source.location };
    case 'template':
      return { from: 'template' };
  }
}

function insideOf({ leaf, offset }: Extract<SegmentSource, { readonly from: 'value' }>) {
  const packed = locateValueInArchive(leaf, offset);
  return packed === undefined ? {} : { inside: packed.inside };
}

function isRepeated(source: ReportedSource, before: readonly ReportedSource[]): boolean {
  const text = JSON.stringify(source);
  return before.some((other) => JSON.stringify(other) === text);
}
