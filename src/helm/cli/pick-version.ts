import { join } from 'node:path';
import * as v from 'valibot';
import { createTemporaryFolder } from '../../core/files/temporary-folder.ts';
import { writeFileAtomically } from '../../core/files/write-file.ts';
import type { Helm } from './helm.ts';
import type { HelmContext } from './helm-context.ts';
import { offlineLimits, runHelm } from './run-helm.ts';

const name = 'chart';

const resultsShape = v.pipe(v.string(), v.parseJson(), v.array(v.object({ version: v.string() })));

/**
 * Lets Helm resolve a constraint such as `^1.2`, with an index that contains no hosts. A constraint that equals a
 * version resolves to it. Undefined if no version matches, or if Helm cannot parse the constraint.
 */
export async function pickVersion(
  helm: Helm,
  constraint: string,
  versions: readonly string[],
  context: HelmContext,
): Promise<string | undefined> {
  if (versions.includes(constraint)) return constraint;
  // `helm search` resolves an empty constraint to the newest version, but Chart.yaml does not allow it.
  if (constraint.trim() === '' || versions.length === 0) return undefined;
  const folder = await createTemporaryFolder(context.temporary, 'versions');
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
    // `search repo` reads only the cache.
    const search = ['search', 'repo', `--version=${constraint}`, '--output', 'json'];
    const command = { arguments: search, reads: [], home: folder.path, limits: offlineLimits, repositories };
    const result = await runHelm(helm, command, context);
    const read = v.safeParse(resultsShape, result.stdout);
    return read.success ? read.output[0]?.version : undefined;
  } finally {
    await folder.remove(context.log);
  }
}
