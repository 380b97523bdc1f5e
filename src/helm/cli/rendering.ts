import type { Finding } from '../../core/findings.ts';
import type { Chart } from '../charts/chart.ts';

/** The output of `helm template` for one chart and one value set. */
export interface Rendering {
  readonly chart: Chart;
  /** Name of the value set. */
  readonly valueSet: string;
  /** The complete output: documents with `# Source:` lines, including hooks and tests. */
  readonly text: string;
  /** Manifests that Helm skipped without failing, and skipped validation. */
  readonly findings?: readonly Finding[];
  /** Absolute: the copy of the chart with built dependencies, if there is one; kept until the end of the run. */
  readonly dependencyCopyPath?: string;
  /** The rendering of the user's own values, if this one also has toggles. */
  readonly withoutToggles?: Rendering;
  /** Without `v`, for example `4.2.4`. */
  readonly helmVersion: string;
}
