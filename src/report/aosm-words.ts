import type { AosmCase, AosmFault, ChartParity } from '../aosm/parity.ts';
import { count } from './plain-text.ts';

const verbs: Record<AosmFault, string> = { lost: 'lost', misread: 'misread', invented: 'invented' };

/** `az aosm: 1 image read, 2 lost, 1 invented`. Holds nothing that came from a chart. */
export function parityWords(parities: readonly ChartParity[]): string {
  const right = parities.reduce((sum, each) => sum + each.right, 0);
  const faults = (Object.keys(verbs) as readonly AosmFault[]).flatMap((fault) => {
    const amount = parities.reduce((sum, { cases }) => sum + cases.filter((each) => each.fault === fault).length, 0);
    return amount === 0 ? [] : [`${amount} ${verbs[fault]}`];
  });
  return `By the rule of az aosm: ${[`${count(right, 'image')} read as written`, ...faults].join(', ')}`;
}

/** `contoso/templates/a.yaml, rendered line 12`. */
export function casePlace({ template, line }: AosmCase): string {
  return `${template}, rendered line ${line}`;
}
