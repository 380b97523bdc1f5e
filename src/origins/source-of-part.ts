import type { Segment, TextSource, UseOrigin } from './origin.ts';
import { type ReferencePart, type Span, spansOf } from './reference-parts.ts';

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

/** The sources of each part of a reference, in the order of its text; parts that it does not have are left out. */
export function sourcesByPart(origin: UseOrigin): readonly {
  readonly part: Exclude<ReferencePart, 'namespace'>;
  readonly sources: readonly TextSource[];
}[] {
  const spans = spansOf(origin.use.image);
  const parts = ['registry', 'repository', 'tag', 'digest'] as const;
  return parts.flatMap((part) => {
    const span = spans[part];
    if (span === undefined) return [];
    const within = placed(origin.segments).filter((segment) => overlap(segment, span) > 0);
    return [{ part, sources: within.map(({ source }) => source) }];
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

function overlap(segment: PlacedSegment, span: Span): number {
  return Math.max(0, Math.min(segment.start + segment.text.length, span.end) - Math.max(segment.start, span.start));
}
