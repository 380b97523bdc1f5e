import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChartImagesError } from '../../core/errors.ts';
import { createTemporaryFolder } from '../../core/files/temporary-folder.ts';
import { writeFileAtomically } from '../../core/files/write-file.ts';
import type { Finding } from '../../core/findings.ts';
import type { Chart } from '../charts/chart.ts';
import { type DependencyFault, findDependencyFaults, isFixable, isReported } from '../charts/dependency-faults.ts';
import { readSubchartTree } from '../charts/subchart-tree.ts';
import { copyChart } from './copy-chart.ts';
import { dependencyError, faultError, rethrowOthers } from './dependency-error.ts';
import { packagedMismatches } from './dependency-mismatch.ts';
import type { Helm } from './helm.ts';
import type { HelmContext } from './helm-context.ts';
import { createVersionMatcher } from './match-version.ts';
import { TreeBuilder } from './tree-builder.ts';

/** Parses Helm's error. Helm requires every dependency of Chart.yaml, even one that a condition or tag disables. */
export function missingDependencies(reason: string): readonly string[] {
  const names = /found in Chart\.yaml, but missing in charts\/ directory: (.+)$/m.exec(reason)?.[1];
  return names === undefined ? [] : names.split(',').map((name) => name.trim());
}

/** A chart whose dependencies were checked, and added where they were missing. */
export interface CompletedChart {
  /** Absolute: the chart itself, or a copy with built dependencies that is kept until the end of the run. */
  readonly path: string;
  /** Dependencies that are still missing or unclear. */
  readonly errors: readonly ChartImagesError[];
  /** Whether Helm gets charts without templates for some of them. */
  readonly replaced: boolean;
  /** `by-chance`: Helm would render one of several charts. */
  readonly rendering: 'complete' | 'incomplete' | 'by-chance';
  readonly findings: readonly Finding[];
}

export interface DependencyBuild {
  /** For the log. */
  readonly names: readonly string[];
  /** Names of the chart's own dependencies that Helm reports as missing. */
  readonly missing: readonly string[];
}

/**
 * Adds missing dependencies to a copy, deepest first, with the versions of Chart.lock if it exists. All downloads use
 * `context.downloads`. Errors as `completeDependencies`.
 */
export async function buildDependencies(
  helm: Helm,
  chart: Chart,
  { names, missing }: DependencyBuild,
  context: HelmContext,
): Promise<CompletedChart> {
  if (names.length > 0) {
    context.log.info(`Building the missing dependencies of ${chart.displayPath}: ${names.join(', ')}.`);
  }
  const folder = await createTemporaryFolder(context.temporary, 'dependencies');
  const matches = createVersionMatcher(async () => helm, chart.displayPath, context);
  try {
    const home = join(folder.path, 'home');
    await mkdir(home);
    const copy = await copyChart(chart, join(folder.path, 'tree'));
    const builder = new TreeBuilder({ helm, copy, home, scratch: folder.path, matches, context });
    await builder.build(copy.root, missing);
    const { path } = copy.root;
    const tree = await readSubchartTree(path);
    const left = await findDependencyFaults(tree, matches);
    const { errors } = builder;
    const broken = left.filter((fault) => isFixable(fault, chart.kind) || isReported(fault, chart.kind));
    const reported = errors.length > 0 ? errors : broken.map((fault) => faultError(copy.root, fault));
    const packaged = left.filter((fault) => !broken.includes(fault) && !builder.isPacked(fault.chart.path));
    const findings = packagedMismatches(chart, tree, packaged);
    const replaced = await replaceMissing(path, left);
    const byChance = left.some(({ kind }) => kind === 'several');
    const rendering = byChance ? 'by-chance' : reported.length > 0 ? 'incomplete' : 'complete';
    return { path, errors: reported, replaced, rendering, findings: [...builder.findings, ...findings] };
  } catch (thrown) {
    const shown = { shown: chart.displayPath, kind: chart.kind };
    const wanted = chart.metadata.dependencies.filter(({ name }) => names.includes(name));
    rethrowOthers(thrown);
    const errors = [dependencyError(shown, wanted, thrown)];
    return { path: chart.path, errors, replaced: false, rendering: 'incomplete', findings: [] };
  }
}

/**
 * Adds a chart without templates for each missing dependency of the chart itself, because Helm renders nothing without
 * one of that name. The dependency is an error already.
 */
async function replaceMissing(copy: string, left: readonly DependencyFault[]): Promise<boolean> {
  const missing = left.filter(({ kind, chart, name }) => kind === 'missing' && chart.path === '' && isFolderName(name));
  for (const { name } of missing) {
    const folder = join(copy, 'charts', name);
    await mkdir(folder, { recursive: true });
    await writeFileAtomically(join(folder, 'Chart.yaml'), JSON.stringify({ apiVersion: 'v2', name, version: '0.0.0' }));
  }
  return missing.length > 0;
}

/** Dependencies with other names are not looked for. */
function isFolderName(name: string): boolean {
  return /^\w[\w.-]*$/.test(name);
}
