import { mkdtemp } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { writeFileAtomically } from '../../core/files/write-file.ts';
import { findExcessiveNesting } from '../../core/files/yaml-depth.ts';
import { tidyUp } from '../../core/tidy-up.ts';
import type { ChartDependency } from '../charts/chart.ts';
import { readChartFile } from '../charts/chart-folder.ts';
import type { Helm } from './helm.ts';
import type { HelmContext } from './helm-context.ts';
import { helmReason, offlineLimits, runHelm } from './run-helm.ts';

/** Chart.lock, or requirements.lock of older charts. */
export interface ChartLock {
  readonly file: string;
  /** In the order of Chart.yaml. */
  readonly versions: readonly LockedDependency[];
  /** The whole file as JSON. */
  readonly json: string;
}

export interface LockedDependency {
  readonly name: string;
  readonly version: string;
  /** The address behind an alias of the author's helm (`@stable`). */
  readonly repository: string;
}

const lockFiles = ['Chart.lock', 'requirements.lock'] as const;

/** A lock file is a list of small maps. */
const deepestNesting = 16;

const lockShape = v.looseObject({
  digest: v.string(),
  dependencies: v.array(v.looseObject({ name: v.string(), version: v.string(), repository: v.nullish(v.string()) })),
});

/** Undefined if the chart has no valid lock file; Helm then resolves the dependencies again. */
export async function readChartLock(folder: string): Promise<ChartLock | undefined> {
  for (const file of lockFiles) {
    const text = await readChartFile(folder, file, undefined);
    if (text === undefined) continue;
    const { Lexer, parseDocument } = await import('yaml');
    if (findExcessiveNesting(text, new Lexer(), deepestNesting) !== undefined) return undefined;
    const document = parseDocument(text, { uniqueKeys: false, logLevel: 'silent' });
    if (document.errors.length > 0) return undefined;
    const read = v.safeParse(lockShape, document.toJS());
    if (!read.success) return undefined;
    const versions = read.output.dependencies.map((each) => ({ ...each, repository: each.repository ?? '' }));
    return { file, versions, json: JSON.stringify(read.output) };
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

/** The dependency with the address of the lock file, if its own is an alias of the author's helm. */
export function withLockedAddress(
  dependency: ChartDependency,
  index: number,
  lock: ChartLock | undefined,
): ChartDependency {
  const entry = lock?.versions[index];
  const isKnown = aliasOf(dependency) !== undefined && entry?.name === dependency.name && entry.repository !== '';
  return isKnown ? { ...dependency, repository: entry.repository } : dependency;
}

/** `stable` of `@stable` and `alias:stable`: a name that only the author's own helm knows. */
export function aliasOf({ repository }: ChartDependency): string | undefined {
  return /^(?:@|alias:)(.*)$/s.exec(repository)?.[1];
}

export interface LockCheck {
  /** Absolute: the chart's copy. */
  readonly copy: string;
  readonly lock: ChartLock;
  readonly home: string;
  /** As in Chart.yaml. */
  readonly dependencies: readonly ChartDependency[];
  /** The chart in messages. */
  readonly shown: string;
}

/**
 * Returns Helm's error if the lock file does not match Chart.yaml, otherwise undefined. Helm compares them before it
 * downloads anything, and stops after that because `charts` is a file. The lock file is rewritten, because without one
 * Helm resolves versions over the network.
 */
export async function staleLock(
  helm: Helm,
  { copy, lock, home, dependencies, shown }: LockCheck,
  context: HelmContext,
): Promise<string | undefined> {
  // Next to the copy, because Helm resolves relative folders before it compares.
  const folder = await mkdtemp(join(dirname(copy), '.lock-'));
  for (const file of ['Chart.yaml', 'requirements.yaml']) {
    const text = await readChartFile(copy, file, undefined);
    if (text !== undefined) await writeFileAtomically(join(folder, file), text);
  }
  await writeFileAtomically(join(folder, lock.file), lock.json);
  await writeFileAtomically(join(folder, 'charts'), '');
  const repositories = await writeAliases(dependencies, lock, home);
  const command = ['dependency', 'build', '--skip-refresh', '--', folder];
  const result = await runHelm(
    helm,
    { arguments: command, reads: [], home, limits: offlineLimits, repositories },
    context,
  );
  await tidyUp(folder, context.log);
  const reason = helmReason(result);
  return reason.includes('out of sync') ? reason.replaceAll(folder, shown) : undefined;
}

/** Helm compares the addresses behind aliases, so it gets those of the lock file. */
async function writeAliases(
  dependencies: readonly ChartDependency[],
  lock: ChartLock,
  home: string,
): Promise<string | undefined> {
  const repositories = dependencies.flatMap((dependency, index) => {
    const name = aliasOf(dependency);
    const url = lock.versions[index]?.repository ?? '';
    return name === undefined || url === '' ? [] : [[name, url] as const];
  });
  if (repositories.length === 0) return undefined;
  const file = join(home, 'aliases.yaml');
  const entries = [...new Map(repositories)].map(([name, url]) => ({ name, url }));
  // JSON is YAML.
  await writeFileAtomically(file, JSON.stringify({ apiVersion: 'v1', repositories: entries }));
  return file;
}
