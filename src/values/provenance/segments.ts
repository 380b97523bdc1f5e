import type { ImageUse } from '../../discovery/image-use.ts';
import type { ChartNode } from '../tree/chart-tree.ts';
import { formatValuePath, locateValue } from '../tree/scalar-value.ts';
import { templateInTree } from '../tree/template-in-tree.ts';
import type { TracedSpan } from './markers.ts';
import type { ReferenceSegment, SegmentSource } from './provenance.ts';
import { partSpans, type Span } from './reference-parts.ts';
import { findGaps, type Gap, splitGaps } from './spans.ts';

/** Segments of a reference by source. `chart` is the root of the rendered charts. */
export async function segmentsOf(
  use: ImageUse,
  spans: readonly TracedSpan[],
  chart: ChartNode | undefined,
): Promise<readonly ReferenceSegment[]> {
  const { tag } = partSpans(use.image);
  const parts = spans.map((cover) => ({
    start: cover.start,
    text: use.image.slice(cover.start, cover.end),
    source: valueSource(cover),
  }));
  const gaps = findGaps(use.image, spans);
  const owner = chart && (templateInTree(chart, use.template)?.chart ?? chart);
  const found = tag && owner && (await chartVersionIn(gaps, tag, owner));
  for (const gap of splitGaps(gaps, found ? [found.start, found.end] : [])) {
    const isFound = found !== undefined && gap.start >= found.start && gap.start < found.end;
    parts.push({ ...gap, source: isFound ? found.source : { from: 'template' } });
  }
  return mergeTemplateSegments(parts.sort((a, b) => a.start - b.start));
}

function valueSource({ leaf, from }: TracedSpan): SegmentSource {
  return {
    from: 'value',
    valuePath: formatValuePath(leaf.keys),
    location: locateValue(leaf, from),
    leaf,
    offset: from,
  };
}

/** Joins adjacent segments of the template. */
function mergeTemplateSegments(segments: readonly ReferenceSegment[]): readonly ReferenceSegment[] {
  const together: ReferenceSegment[] = [];
  for (const { text, source } of segments) {
    const last = together.at(-1);
    if (last?.source.from === 'template' && source.from === 'template') {
      together.splice(-1, 1, { text: last.text + text, source });
    } else together.push({ text, source });
  }
  return together;
}

/**
 * Part of a tag that neither a value nor a template has, but Chart.yaml does. This is inferred, because Chart.yaml
 * cannot be marked without copying the chart.
 */
async function chartVersionIn(gaps: readonly Gap[], tag: Span, chart: ChartNode) {
  for (const { start, text } of splitGaps(gaps, [tag.start, tag.end])) {
    if (start < tag.start || start >= tag.end) continue;
    for (const field of ['appVersion', 'version'] as const) {
      const written = chart.yaml[field];
      const version = written?.text.replace(/^v(?=\d)/, '') ?? '';
      const at =
        version === '' || version.length > text.length
          ? -1
          : text.search(new RegExp(`(?<![0-9a-z])v?${escaped(version)}(?![0-9a-z])`, 'i'));
      if (written === undefined || at < 0) continue;
      if (await chart.hasInTemplates(version)) return undefined;
      const length = version.length + (text.startsWith(version, at) ? 0 : 1);
      const { quoting, line } = written;
      const source: SegmentSource = {
        from: 'chart',
        field,
        ...(await chart.locate('Chart.yaml', line)),
        ...(quoting !== undefined && { quoting }),
      };
      return { start: start + at, end: start + at + length, source };
    }
  }
  return undefined;
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
