import type { ChartImagesError } from '../../core/errors.ts';
import type { Finding } from '../../core/findings.ts';
import type { ChartComparison } from '../../discovery/az-aosm/comparison.ts';
import type { Discovery } from '../../discovery/image-use.ts';
import type { Ignored } from '../../discovery/policy/policy.ts';
import type { Chart } from '../../helm/charts/chart.ts';
import type { Rendering } from '../../helm/cli/rendering.ts';
import type { Outcome, Plan } from '../../mirror/plan/plan.ts';
import type { Shard, ShardAssignment } from '../../mirror/plan/shard.ts';
import type { ImageDiff } from '../../resolve/diff/image-diff.ts';
import type { Resolution } from '../../resolve/resolution.ts';
import type { Row } from './row.ts';
import type { ImageValueSources, RegistryValues } from './value-sources.ts';

/**
 * Everything a run knows, as far as it came: the report is written whatever happens, so each part may be missing.
 * All formats (Markdown summary, terminal table, JSON, JUnit, SARIF, annotations) are made from this value and nothing else.
 */
export interface Report {
  readonly charts: readonly { readonly chart: Chart; readonly helmVersion: string }[];
  /** Under the user's rules: what the run is about. */
  readonly discovery: Discovery;
  /** What the user's rules took out of it. */
  readonly ignored: readonly Ignored[];
  readonly resolutions: readonly Resolution[];
  /** Undefined without a target, or when the run ended before. */
  readonly plan: Plan | undefined;
  /** What the run is of several that copy one plan; undefined where one copies all. */
  readonly shard: Shard | undefined;
  /** What of the plan is this run's to copy; undefined: all of it, or the run of a shard ended before. */
  readonly share: ShardAssignment | undefined;
  /** Empty when nothing was carried out. */
  readonly outcomes: readonly Outcome[];
  /** Graded by `fail-on`; errors first. */
  readonly findings: readonly Finding[];
  /** Faults that ended the run early; empty when it went through. */
  readonly errors: readonly ChartImagesError[];
  readonly push: boolean;
  /** Which values make each image; empty if they were not traced. */
  readonly origins: readonly ImageValueSources[];
  /** For AOSM users; empty if they were not traced. */
  readonly registryValues: readonly RegistryValues[];
  /** What the rule of az aosm makes of the charts; empty if it was not requested. */
  readonly aosm: readonly ChartComparison[];
  /** Undefined where there is no base to compare with. */
  readonly delta: ImageDiff | undefined;
  /** The rows of a report that is joined from others, which are known without the values behind them. */
  readonly joined: readonly Row[] | undefined;
  /** Path of the lock file in use. */
  readonly lockFile: string | undefined;
}

/** What is known before anything was done. */
export const nothingKnown: Report = {
  charts: [],
  discovery: { images: [], findings: [] },
  ignored: [],
  resolutions: [],
  plan: undefined,
  shard: undefined,
  share: undefined,
  outcomes: [],
  findings: [],
  errors: [],
  push: false,
  origins: [],
  registryValues: [],
  aosm: [],
  delta: undefined,
  joined: undefined,
  lockFile: undefined,
};

/** Each chart once, in the order of the renderings, with the helm that rendered it. */
export function renderedCharts(renderings: readonly Rendering[]): Report['charts'] {
  const charts = new Map(renderings.map(({ chart, helmVersion }) => [chart, { chart, helmVersion }]));
  return [...charts.values()];
}
