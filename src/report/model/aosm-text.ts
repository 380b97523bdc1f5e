import { sum } from '../../core/sum.ts';
import { pluralize } from '../../core/text.ts';
import type { AosmDifference, ChartComparison, DifferenceKind } from '../../discovery/az-aosm/comparison.ts';
import { templateOf } from '../../discovery/image-use.ts';

const verbs: Record<DifferenceKind, string> = { lost: 'lost', misread: 'misread', invented: 'invented' };

/** `With az aosm: 1 image read as written, 2 lost`. Contains no text from a chart. */
export function formatComparison(parities: readonly ChartComparison[]): string {
  const right = sum(parities.map((each) => each.right));
  const issues = (Object.keys(verbs) as readonly DifferenceKind[]).flatMap((issue) => {
    const amount = sum(parities.map(({ cases }) => cases.filter((each) => each.difference === issue).length));
    return amount === 0 ? [] : [`${amount} ${verbs[issue]}`];
  });
  return `With az aosm: ${[`${pluralize(right, 'image')} read as written`, ...issues].join(', ')}`;
}

/** `contoso/templates/a.yaml, rendered line 12`. */
export function formatCaseLocation(difference: AosmDifference): string {
  return `${templateOf(difference)}, rendered line ${difference.line}`;
}
