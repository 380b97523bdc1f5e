import type { Finding } from '../../core/findings.ts';
import type { Chart } from '../charts/chart.ts';

/** The text that `helm template` prints for one chart and one value set. */
export interface Rendering {
  readonly chart: Chart;
  /** Name of the value set. */
  readonly valueSet: string;
  /** The whole stream as helm prints it: documents with `# Source:` lines, hooks and tests included. */
  readonly text: string;
  /** What helm left out of the text without failing. */
  readonly findings?: readonly Finding[];
  /** Absolute: where helm read the chart when its dependencies had to be built, a copy that lives as long as the run. */
  readonly dependencyCopyPath?: string;
  /** helm's version without `v`, for example `4.2.4`. */
  readonly helmVersion: string;
}
