import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { RemoteChart } from '../charts/chart-location.ts';
import type { ChartImagesError } from '../errors.ts';
import { createTemporaryFolder } from '../files/temporary-folder.ts';
import { fetchError } from './fetch-fault.ts';
import type { Helm } from './helm.ts';
import type { HelmAccess } from './helm-access.ts';
import { authorityArguments, fetchIndexes, type HelmLogin, loginsFor } from './registry-login.ts';
import { helmReason, networkBounds, runHelm } from './run-helm.ts';

/**
 * Fetches a chart with `helm pull`; gives the absolute path of its `.tgz`, which lives as long as the run and was not
 * looked into. Errors: `chart-not-found` and `chart-pull` with helm's words.
 */
export async function pullChart(helm: Helm, remote: RemoteChart, access: HelmAccess): Promise<string> {
  const folder = await createTemporaryFolder(access.temporary, 'pull');
  const home = join(folder.path, 'home');
  const destination = join(folder.path, 'chart');
  await mkdir(destination);
  const { source, login } = await sourceOf(helm, remote, home, access);
  const result = await runHelm(
    helm,
    {
      arguments: [
        'pull',
        source,
        ...login.flags,
        '--version',
        remote.version,
        '--destination',
        destination,
        ...authorityArguments(access),
      ],
      home,
      bounds: networkBounds,
      logins: login.logins,
    },
    access,
  );
  if (result.exitCode !== 0) throw notPulled(remote, helmReason(result));
  const archive = (await readdir(destination)).find((name) => name.endsWith('.tgz'));
  if (archive === undefined) throw notPulled(remote, 'helm left no .tgz');
  return join(destination, archive);
}

/** How helm names the chart, and who it is there. */
async function sourceOf(
  helm: Helm,
  remote: RemoteChart,
  home: string,
  access: HelmAccess,
): Promise<{ readonly source: string; readonly login: HelmLogin }> {
  switch (remote.kind) {
    case 'oci':
      return { source: `oci://${remote.host}/${remote.path}`, login: await loginsFor([remote.host], [], access) };
    case 'repository': {
      // Not `helm pull --repo`: it takes a password only as an argument, which every user of the machine can read.
      const repositories = [{ alias: 'repository', address: remote.url }];
      const login = await loginsFor([], repositories, access);
      await fetchIndexes(helm, repositories, login.logins, home, access);
      return { source: `repository/${remote.name}`, login };
    }
  }
}

function notPulled(remote: RemoteChart, reason: string): ChartImagesError {
  const advice = 'Check the name, the version, the network and registry-credentials.';
  return fetchError(`${remote.text} could not be fetched`, reason, advice);
}
