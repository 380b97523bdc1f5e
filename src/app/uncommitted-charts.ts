import { relative } from 'node:path';
import { toPosixPath } from '../core/files/display-path.ts';
import type { Finding } from '../core/findings.ts';
import { joinWithLimit } from '../core/text.ts';
import type { Chart } from '../helm/charts/chart.ts';
import type { BaseCheckout } from '../resolve/diff/base-checkout.ts';
import { uncommittedFiles } from '../resolve/diff/uncommitted-files.ts';

/** Charts without a base: no commit has them, or a values file of theirs. */
export interface UncommittedCharts {
  /** Display paths. */
  readonly charts: readonly string[];
  readonly findings: readonly Finding[];
}

/** A job can make thousands. */
const shownPaths = 5;

/** Throws only `cancelled`. */
export async function findUncommittedCharts(
  charts: readonly Chart[],
  base: BaseCheckout,
  workFolder: string,
): Promise<UncommittedCharts> {
  const filesOf = ({ home, valueSets }: Chart): readonly string[] => [
    ...(home === undefined ? [] : [home.path]),
    ...valueSets.flatMap(({ valueFiles }) => valueFiles),
  ];
  const made = await uncommittedFiles(base, charts.flatMap(filesOf));
  if (made.size === 0) return { charts: [], findings: [] };
  const without = charts.filter((chart) => filesOf(chart).some((file) => made.has(file)));
  const displayed = [...new Set(without.map(({ displayPath }) => displayPath))];
  const files = [...made].map((file) => toPosixPath(relative(workFolder, file)));
  const [what, which] = [displayed, files].map((paths) => joinWithLimit(paths, shownPaths));
  return {
    charts: displayed,
    findings: [
      {
        code: 'no-base',
        severity: 'warning',
        message: `Cannot compare ${what} with ${base.name.label}: no commit has ${which}. Their findings count as new.`,
        advice:
          'If an earlier step of the job makes these files, check them in a run without fail-on-new. Otherwise, commit them.',
      },
    ],
  };
}
