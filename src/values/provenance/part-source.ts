import type { ReferencePart } from '../../core/findings.ts';
import type { ReferenceSegment, SegmentSource, UseProvenance } from './provenance.ts';
import { partSpans, type Span } from './reference-parts.ts';

/** A segment with its offset in the reference. */
export interface PositionedSegment extends ReferenceSegment {
  readonly start: number;
}

export function withOffsets(segments: readonly ReferenceSegment[]): readonly PositionedSegment[] {
  let start = 0;
  return segments.map((segment) => {
    const at = start;
    start += segment.text.length;
    return { ...segment, start: at };
  });
}

/**
 * The source with most characters of a part, values before the template. Without a part: the digest, else the tag,
 * else the name.
 */
export function sourceOfPart(origin: UseProvenance, part?: ReferencePart): SegmentSource {
  const span = spanOf(origin.use.image, part);
  let best: PositionedSegment | undefined;
  for (const segment of withOffsets(origin.segments)) {
    const more = overlapLength(segment, span) - (best === undefined ? 0 : overlapLength(best, span));
    if (more > 0 || (more === 0 && best?.source.from === 'template')) best = segment;
  }
  return best?.source ?? { from: 'template' };
}

function spanOf(image: string, part: ReferencePart | undefined): Span {
  const spans = partSpans(image);
  const whole = { start: 0, end: image.length };
  if (part === undefined) return spans.digest ?? spans.tag ?? lastName(image, spans.repository) ?? whole;
  const span = part === 'repository' ? lastName(image, spans.repository) : spans[part];
  return span ?? lastName(image, spans.repository) ?? whole;
}

/** Without the namespace, which may have another owner. */
function lastName(image: string, repository: Span | undefined): Span | undefined {
  if (repository === undefined) return undefined;
  const slash = image.lastIndexOf('/', repository.end - 1);
  return { start: Math.max(repository.start, slash + 1), end: repository.end };
}

export function overlapLength(segment: PositionedSegment, span: Span): number {
  return Math.max(0, Math.min(segment.start + segment.text.length, span.end) - Math.max(segment.start, span.start));
}
