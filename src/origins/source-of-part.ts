import type { ReferencePart } from '../findings.ts';
import type { Segment, TextSource, UseOrigin } from './origin.ts';
import { type Span, spansOf } from './reference-parts.ts';

/** A segment with its offset in the reference. */
export interface PlacedSegment extends Segment {
  readonly start: number;
}

export function placed(segments: readonly Segment[]): readonly PlacedSegment[] {
  let start = 0;
  return segments.map((segment) => {
    const at = start;
    start += segment.text.length;
    return { ...segment, start: at };
  });
}

/**
 * Who wrote a part, by most of its characters; a value rather than the template where both wrote as many. Without a
 * part, what makes the image the one it is: its digest, else its tag, else its name.
 */
export function sourceOfPart(origin: UseOrigin, part?: ReferencePart): TextSource {
  const span = spanOf(origin.use.image, part);
  let best: PlacedSegment | undefined;
  for (const segment of placed(origin.segments)) {
    const more = overlap(segment, span) - (best === undefined ? 0 : overlap(best, span));
    if (more > 0 || (more === 0 && best?.source.from === 'template')) best = segment;
  }
  return best?.source ?? { from: 'template' };
}

function spanOf(image: string, part: ReferencePart | undefined): Span {
  const spans = spansOf(image);
  const whole = { start: 0, end: image.length };
  if (part === undefined) return spans.digest ?? spans.tag ?? lastName(image, spans.repository) ?? whole;
  const span = part === 'repository' ? lastName(image, spans.repository) : spans[part];
  return span ?? lastName(image, spans.repository) ?? whole;
}

/** What comes before is the namespace, which may be somebody else's. */
function lastName(image: string, repository: Span | undefined): Span | undefined {
  if (repository === undefined) return undefined;
  const slash = image.lastIndexOf('/', repository.end - 1);
  return { start: Math.max(repository.start, slash + 1), end: repository.end };
}

export function overlap(segment: PlacedSegment, span: Span): number {
  return Math.max(0, Math.min(segment.start + segment.text.length, span.end) - Math.max(segment.start, span.start));
}
