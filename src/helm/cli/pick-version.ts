import { join } from 'node:path';
import * as v from 'valibot';
import { createTemporaryFolder } from '../../core/files/temporary-folder.ts';
import { writeFileAtomically } from '../../core/files/write-file.ts';
import type { Helm } from './helm.ts';
import type { HelmContext } from './helm-context.ts';
import { offlineBounds, runHelm } from './run-helm.ts';

const name = 'chart';

const resultsShape = v.pipe(v.string(), v.parseJson(), v.array(v.object({ version: v.string() })));

/**
 * The version that helm takes for a constraint such as `^1.2`: helm's own rule, asked of an index of our own that names no
 * host. A constraint that is one of the versions means that one. Undefined where none fits, or helm can't read it.
 */
export async function pickVersion(
  helm: Helm,
  constraint: string,
  versions: readonly string[],
  access: HelmContext,
): Promise<string | undefined> {
  if (versions.includes(constraint)) return constraint;
  // Helm takes no constraint at all for the newest version here, and refuses it in a Chart.yaml.
  if (constraint.trim() === '' || versions.length === 0) return undefined;
  const folder = await createTemporaryFolder(access.temporary, 'versions');
  try {
    const entries = versions.map((version) => ({ apiVersion: 'v2', name, version, urls: [name] }));
    const repository = { name: 'repository', url: 'http://localhost' };
    // JSON is YAML.
    await writeFileAtomically(
      join(folder.path, 'helm-cache', 'repository', `${repository.name}-index.yaml`),
      JSON.stringify({ apiVersion: 'v1', entries: { [name]: entries } }),
    );
    const repositories = join(folder.path, 'repositories.yaml');
    await writeFileAtomically(repositories, JSON.stringify({ apiVersion: 'v1', repositories: [repository] }));
    // `search repo` reads what is in the cache and asks no one.
    const search = ['search', 'repo', `--version=${constraint}`, '--output', 'json'];
    const command = { arguments: search, reads: [], home: folder.path, bounds: offlineBounds, repositories };
    const result = await runHelm(helm, command, access);
    const read = v.safeParse(resultsShape, result.stdout);
    return read.success ? read.output[0]?.version : undefined;
  } finally {
    await folder.remove();
  }
}
