import { mkdtemp } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { writeFileAtomically } from '../../core/files/write-file.ts';
import { findExcessiveNesting } from '../../core/files/yaml-depth.ts';
import type { Chart, ChartDependency } from '../charts/chart.ts';
import type { Helm } from './helm.ts';
import type { HelmContext } from './helm-context.ts';
import { helmReason, offlineLimits, runHelm } from './run-helm.ts';

/** Chart.lock, or requirements.lock of older charts. */
export interface ChartLock {
  readonly file: string;
  /** In the order of Chart.yaml. */
  readonly versions: readonly { readonly name: string; readonly version: string }[];
  /** The whole file as JSON. */
  readonly json: string;
}

const lockFiles = ['Chart.lock', 'requirements.lock'] as const;

/** A lock file is a list of small maps. */
const deepestNesting = 16;

const lockShape = v.looseObject({
  digest: v.string(),
  dependencies: v.array(v.looseObject({ name: v.string(), version: v.string() })),
});

/** Undefined if the chart has no valid lock file; Helm then resolves the dependencies again. */
export async function readChartLock(chart: Chart): Promise<ChartLock | undefined> {
  for (const file of lockFiles) {
    const text = await chart.readFile(file);
    if (text === undefined) continue;
    const { Lexer, parseDocument } = await import('yaml');
    if (findExcessiveNesting(text, new Lexer(), deepestNesting) !== undefined) return undefined;
    const document = parseDocument(text, { uniqueKeys: false, logLevel: 'silent' });
    if (document.errors.length > 0) return undefined;
    const read = v.safeParse(lockShape, document.toJS());
    if (!read.success) return undefined;
    return { file, versions: read.output.dependencies, json: JSON.stringify(read.output) };
  }
  return undefined;
}

/** The dependency with its locked version. */
export function withLockedVersion(
  dependency: ChartDependency,
  index: number,
  lock: ChartLock | undefined,
): ChartDependency {
  const entry = lock?.versions[index];
  return entry?.name === dependency.name ? { ...dependency, version: entry.version } : dependency;
}

/**
 * Returns Helm's error if the lock file does not match Chart.yaml, otherwise undefined. Helm compares them before it
 * downloads anything, and stops after that because `charts` is a file. The lock file is rewritten, because without one
 * Helm resolves versions over the network.
 */
export async function staleLock(
  helm: Helm,
  {
    chart,
    copy,
    lock,
    home,
  }: { readonly chart: Chart; readonly copy: string; readonly lock: ChartLock; readonly home: string },
  context: HelmContext,
): Promise<string | undefined> {
  // Next to the copy, because Helm resolves relative folders before it compares.
  const folder = await mkdtemp(join(dirname(copy), '.lock-'));
  for (const file of ['Chart.yaml', 'requirements.yaml']) {
    const text = await chart.readFile(file);
    if (text !== undefined) await writeFileAtomically(join(folder, file), text);
  }
  await writeFileAtomically(join(folder, lock.file), lock.json);
  await writeFileAtomically(join(folder, 'charts'), '');
  const command = ['dependency', 'build', '--skip-refresh', '--', folder];
  const result = await runHelm(helm, { arguments: command, reads: [], home, limits: offlineLimits }, context);
  const reason = helmReason(result);
  return reason.includes('out of sync') ? reason.replaceAll(folder, chart.displayPath) : undefined;
}
