import { mkdtemp, readdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isNotFoundError } from '../../core/files/read-file.ts';
import { writeFileAtomically } from '../../core/files/write-file.ts';
import type { ChartDependency } from '../charts/chart.ts';
import type { Helm } from './helm.ts';
import type { HelmContext } from './helm-context.ts';
import { helmReason, offlineBounds, runHelm } from './run-helm.ts';

export interface FolderPacking {
  /** Those with `file://` addresses. */
  readonly dependencies: readonly ChartDependency[];
  /** Absolute: the copy of the chart that relative addresses start in. */
  readonly copy: string;
  /** Absolute: where the archives go. */
  readonly target: string;
  readonly home: string;
}

/**
 * Has helm pack the charts in folders that a chart depends on, by a chart that depends on nothing else: so there is no host to
 * ask. Gives helm's complaint; undefined where all are packed.
 */
export async function packFolders(
  helm: Helm,
  packing: FolderPacking,
  access: HelmContext,
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
    { arguments: command, reads: [], home: packing.home, bounds: offlineBounds },
    access,
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
