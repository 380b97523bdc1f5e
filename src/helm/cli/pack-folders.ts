import { mkdtemp, readdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isNotFoundError } from '../../core/files/read-file.ts';
import { writeFileAtomically } from '../../core/files/write-file.ts';
import type { ChartDependency } from '../charts/chart.ts';
import type { Helm } from './helm.ts';
import type { HelmContext } from './helm-context.ts';
import { helmReason, offlineLimits, runHelm } from './run-helm.ts';

export interface FolderPacking {
  /** With `file://` addresses. */
  readonly dependencies: readonly ChartDependency[];
  /** Absolute: the copy of the chart, which is the base of relative addresses. */
  readonly copy: string;
  /** Absolute: the folder for the archives. */
  readonly target: string;
  readonly home: string;
}

/**
 * Lets Helm package the dependencies in folders, with a chart that has no other dependencies, so Helm contacts no host.
 * Returns Helm's error, or undefined on success.
 */
export async function packFolders(
  helm: Helm,
  packing: FolderPacking,
  context: HelmContext,
): Promise<string | undefined> {
  if (packing.dependencies.length === 0) return undefined;
  const folder = await mkdtemp(join(dirname(packing.copy), '.folders-'));
  const dependencies = packing.dependencies.map(({ name, version, repository, alias }) => ({
    name,
    version,
    repository,
    ...(alias === undefined ? {} : { alias }),
  }));
  // JSON is YAML.
  const chart = { apiVersion: 'v2', name: 'folders', version: '1.0.0', dependencies };
  await writeFileAtomically(join(folder, 'Chart.yaml'), JSON.stringify(chart));
  const command = ['dependency', 'update', '--skip-refresh', '--', folder];
  const result = await runHelm(
    helm,
    { arguments: command, reads: [], home: packing.home, limits: offlineLimits },
    context,
  );
  if (result.exitCode !== 0) return helmReason(result).replaceAll(folder, packing.copy);
  for (const name of await archivesIn(join(folder, 'charts'))) {
    await rename(join(folder, 'charts', name), join(packing.target, name));
  }
  return undefined;
}

export async function archivesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).filter((name) => name.endsWith('.tgz'));
  } catch (error) {
    if (isNotFoundError(error)) return [];
    throw error;
  }
}
