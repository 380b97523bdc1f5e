import type { SourceLocation } from '../../core/errors.ts';
import { locateValueInArchive } from '../tree/scalar-value.ts';
import { overlapLength, withOffsets } from './part-source.ts';
import type { SegmentSource, UseProvenance } from './provenance.ts';
import { partSpans } from './reference-parts.ts';

/** Source of a part for reports. Has only paths of values, because values may be secret. */
export type ReportedSource =
  /** Without a file: the input `set`. In a packaged chart: the position in the archive. */
  | ({ readonly from: 'value'; readonly valuePath: string; readonly inside?: string } & Partial<SourceLocation>)
  | ({ readonly from: 'chart'; readonly field: 'appVersion' | 'version'; readonly inside?: string } & SourceLocation)
  | { readonly from: 'template' };

export interface ProvenancePart {
  readonly part: 'registry' | 'repository' | 'tag' | 'digest';
  /** In the order of the text. Several if the part is concatenated. */
  readonly sources: readonly ReportedSource[];
}

/** Sources of each part in order. Separators between values (`{{ a }}/{{ b }}`) are left out. */
export function originParts(origin: UseProvenance): readonly ProvenancePart[] {
  const spans = ownSpans(origin);
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

/**
 * Only parts that the reference has: a first component is a registry if it looks like one, or if it is a value of its
 * own that a registry can take the place of. The name of a digest's algorithm is not its digest.
 */
function ownSpans({ use: { image }, segments }: UseProvenance): ReturnType<typeof partSpans> {
  const { registry, digest, ...others } = partSpans(image);
  const first = registry && image.slice(0, registry.end);
  const isAlone = segments[0]?.source.from === 'value' && segments[0].text === first && image.split('/').length > 2;
  const hex = digest && { start: image.indexOf(':', digest.start) + 1, end: digest.end };
  return {
    ...others,
    ...(registry && (isAlone || /[.:]|^localhost$/.test(first ?? '')) && { registry }),
    ...(hex && { digest: hex }),
  };
}

function toReported(source: SegmentSource): ReportedSource {
  switch (source.from) {
    case 'value':
      return { from: 'value', valuePath: source.valuePath, ...source.location, ...insideOf(source) };
    case 'chart':
      return {
        from: 'chart',
        field: source.field,
        ...source.location,
        ...(source.packed && { inside: source.packed.inside }),
      };
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
