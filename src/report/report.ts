import type { ChartParity } from '../aosm/parity.ts';
import type { Chart } from '../charts/chart.ts';
import type { Delta } from '../delta/delta.ts';
import type { Discovery } from '../discovery/use.ts';
import type { ChartImagesError } from '../errors.ts';
import type { Finding } from '../findings.ts';
import type { Rendering } from '../helm/rendering.ts';
import type { Outcome, Plan } from '../mirror/plan.ts';
import type { Shard, Share } from '../mirror/share.ts';
import type { Ignored } from '../policy/policy.ts';
import type { Resolution } from '../resolution/resolution.ts';
import type { ImageOrigin, RegistryValues } from './origin.ts';
import type { Row } from './row.ts';

/**
 * Everything a run knows, as far as it came: the report is written whatever happens, so each part may be missing.
 * All faces (Markdown summary, terminal table, JSON, JUnit, SARIF, annotations) are made from this value and nothing else.
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
  readonly share: Share | undefined;
  /** Empty when nothing was carried out. */
  readonly outcomes: readonly Outcome[];
  /** Graded by `fail-on`; errors first. */
  readonly findings: readonly Finding[];
  /** Faults that ended the run early; empty when it went through. */
  readonly errors: readonly ChartImagesError[];
  readonly push: boolean;
  /** Which values make each image; empty where nobody looked. */
  readonly origins: readonly ImageOrigin[];
  /** For AOSM users; empty where nobody looked. */
  readonly registryValues: readonly RegistryValues[];
  /** What the rule of az aosm makes of the charts; empty where nobody asked. */
  readonly aosm: readonly ChartParity[];
  /** Undefined where there is no base to compare with. */
  readonly delta: Delta | undefined;
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
