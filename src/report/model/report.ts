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
 * The results of a run so far. It is always published, so each part can be missing. Every format is made from its
 * `ReportView`.
 */
export interface Report {
  readonly charts: readonly { readonly chart: Chart; readonly helmVersion: string }[];
  /** After the user's rules. */
  readonly discovery: Discovery;
  /** What the user's rules ignore. */
  readonly ignored: readonly Ignored[];
  readonly resolutions: readonly Resolution[];
  /** Undefined without a target, or if the run ended earlier. */
  readonly plan: Plan | undefined;
  /** Undefined without shards. */
  readonly shard: Shard | undefined;
  /** The copies of this shard; undefined without shards, or if the run ended earlier. */
  readonly share: ShardAssignment | undefined;
  /** Empty if nothing was copied. */
  readonly outcomes: readonly Outcome[];
  /** Graded by `fail-on`; errors first. */
  readonly findings: readonly Finding[];
  /** Errors that ended the run early; empty if it is complete. */
  readonly errors: readonly ChartImagesError[];
  readonly push: boolean;
  /** The values behind each image; empty if they were not traced. */
  readonly origins: readonly ImageValueSources[];
  /** For AOSM users; empty if they were not traced. */
  readonly registryValues: readonly RegistryValues[];
  /** Comparison with az aosm; empty if it was not requested. */
  readonly aosm: readonly ChartComparison[];
  /** Undefined without a base. */
  readonly delta: ImageDiff | undefined;
  /**
   * Why a comparison that was asked for was not made; completes "because …". Undefined with `delta`, or if not asked.
   */
  readonly unbased: string | undefined;
  /** Finished rows, if the report was merged; undefined to derive them from the other parts. */
  readonly mergedRows: readonly Row[] | undefined;
  /** Path of the lock file in use. */
  readonly lockFile: string | undefined;
}

/** The report before the first step. */
export const emptyReport: Report = {
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
  unbased: undefined,
  mergedRows: undefined,
  lockFile: undefined,
};

/** Each chart once, in the order of the renderings, with the helm that rendered it. */
export function renderedCharts(renderings: readonly Rendering[]): Report['charts'] {
  const charts = new Map(renderings.map(({ chart, helmVersion }) => [chart, { chart, helmVersion }]));
  return [...charts.values()];
}
