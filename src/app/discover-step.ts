import type { Finding, FindingCode } from '../core/findings.ts';
import { pluralize } from '../core/text.ts';
import { explainAosm } from '../discovery/az-aosm/explain-aosm.ts';
import { discoverInTurns } from '../discovery/discover-in-turns.ts';
import type { Discovery } from '../discovery/image-use.ts';
import { applyPolicy } from '../discovery/policy/apply-policy.ts';
import { noImagesFinding } from '../discovery/policy/no-images.ts';
import { referenceFindings } from '../discovery/policy/reference-findings.ts';
import type { Rendering } from '../helm/cli/rendering.ts';
import type { ImageDiff } from '../resolve/diff/image-diff.ts';
import { unresolvedAll } from '../resolve/resolve.ts';
import type { RenderContext } from '../values/provenance/render-with.ts';
import { createValueTracer, type ValueTracer } from '../values/provenance/trace-values.ts';
import { findOptionalImages } from '../values/toggles/optional-images.ts';
import { duplicateKeyFindings } from '../values/tree/duplicate-keys.ts';
import { type BaseImages, diffAgainstBase, withoutBase } from './base-images.ts';
import { createFindingGrader, type FindingGrader } from './grade-findings.ts';
import type { IncompleteCharts } from './incomplete-charts.ts';
import { referenceChecksOf } from './reference-checks.ts';
import type { RenderResult } from './render-step.ts';
import type { RunContext } from './run-context.ts';
import { findUncommittedCharts, type UncommittedCharts } from './uncommitted-charts.ts';
import { unreadFindings, withUnreadCharts } from './unread-charts.ts';

/** Result of the discover step. */
export interface DiscoverResult {
  /** With the values of the user. */
  readonly renderings: readonly Rendering[];
  /** Also with toggles that enable optional images. */
  readonly renderingsWithToggles: readonly Rendering[];
  readonly discovery: Discovery;
  /** Not graded. */
  readonly findings: readonly Finding[];
  readonly base: BaseImages | undefined;
  readonly delta: ImageDiff | undefined;
  readonly tools: RenderContext;
  readonly finder: ValueTracer;
  readonly grader: FindingGrader;
  readonly incomplete: IncompleteCharts;
}

/** Finds the images in the renderings, applies the rules of the user, and compares them with the base. */
export async function discoverStep(
  context: RunContext,
  { renderings: rendered, helm, base: read, incomplete }: RenderResult,
): Promise<DiscoverResult> {
  const { settings, rules, services, host, signal, updateReport } = context;
  const { log } = host;
  const { renderContext } = services;
  const tools: RenderContext = { helm, template: settings.helmTemplate, access: renderContext };
  const plain = await discoverInTurns(rendered, signal);
  const optional = settings.optionalImages
    ? await findOptionalImages(rendered, plain, tools, settings.optionalBudget)
    : undefined;
  const renderings = optional?.renderings ?? rendered;
  const now = new Date();
  const ruled = applyPolicy(optional?.discovery ?? plain, renderings, settings.policy, now);
  const { discovery, ignored } = ruled;
  // The base has no optional images, and az aosm reads the default rendering.
  const plainly = applyPolicy(plain, rendered, settings.policy, now);
  const charts = [...new Set(rendered.map(({ chart }) => chart))];
  // In a terminal, what is not committed yet is the change.
  const madeBefore = read && host.name !== 'terminal' ? rules.base : undefined;
  const uncommitted = madeBefore && (await findUncommittedCharts(charts, madeBefore, host.folders.work));
  const base =
    read &&
    withoutBase(uncommitted?.charts ?? [], {
      ...read,
      discovery: withUnreadCharts(read.discovery, read.unread, rendered, plainly.discovery),
    });
  const delta = base && diffAgainstBase(base, plainly.discovery, notCompared(incomplete, uncommitted));

  const finder = createValueTracer(tools);
  const grader = createFindingGrader(settings, { discovery, renderings, base, finder });
  const aboutReferences = referenceFindings(discovery.images, referenceChecksOf(settings));
  const duplicates = await duplicateKeyFindings(rendered, host.folders.work, finder.readTree);
  const unread = base ? [...unreadFindings(base.unread, base.label), ...(uncommitted?.findings ?? [])] : [];
  const ofRules = [...rules.findings, ...unread, ...duplicates, ...knownFindings(ruled.findings, incomplete)];
  const found = [...ofRules, ...aboutReferences, ...(optional?.findings ?? [])];
  const findings = [...found, ...(settings.push ? noImagesFinding(ruled, found) : [])];
  updateReport({ discovery, ignored, delta });
  if (settings.explainAosm) updateReport({ aosm: explainAosm(rendered, plainly.named) });
  if (!settings.resolve) updateReport({ resolutions: unresolvedAll(discovery.images) });
  log.info(`Found ${pluralize(discovery.images.length, 'image')} in the rendered manifests`);
  return {
    renderings: rendered,
    renderingsWithToggles: renderings,
    discovery,
    findings,
    base,
    delta,
    tools,
    finder,
    grader,
    incomplete,
  };
}

function notCompared({ paths }: IncompleteCharts, uncommitted: UncommittedCharts | undefined) {
  return { paths: paths && [...paths, ...(uncommitted?.charts ?? [])] };
}

/** A chart that is missing may have the image that a rule looks for. */
const aboutAllCharts: ReadonlySet<FindingCode> = new Set(['required', 'unused-rule']);

function knownFindings(findings: readonly Finding[], { errors }: IncompleteCharts): readonly Finding[] {
  return errors.length === 0 ? findings : findings.filter(({ code }) => !aboutAllCharts.has(code));
}
