import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { RemoteChart } from '../charts/chart-location.ts';
import type { ChartImagesError } from '../errors.ts';
import { createTemporaryFolder } from '../files/temporary-folder.ts';
import { fetchError } from './fetch-fault.ts';
import type { Helm } from './helm.ts';
import type { HelmAccess } from './helm-access.ts';
import { addRepository, authorityArguments, loginRegistries } from './registry-login.ts';
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
  const source = await sourceArguments(helm, remote, home, access);
  const result = await runHelm(
    helm,
    {
      arguments: [
        'pull',
        ...source,
        '--version',
        remote.version,
        '--destination',
        destination,
        ...authorityArguments(access),
      ],
      home,
      bounds: networkBounds,
    },
    access,
  );
  if (result.exitCode !== 0) throw notPulled(remote, helmReason(result));
  const archive = (await readdir(destination)).find((name) => name.endsWith('.tgz'));
  if (archive === undefined) throw notPulled(remote, 'helm left no .tgz');
  return join(destination, archive);
}

async function sourceArguments(helm: Helm, remote: RemoteChart, home: string, access: HelmAccess) {
  switch (remote.kind) {
    case 'oci':
      return [`oci://${remote.host}/${remote.path}`, ...(await loginRegistries([remote.host], home, access))];
    case 'repository':
      // Not `helm pull --repo`: it takes a password only as an argument, which every user of the machine can read.
      await addRepository(helm, 'repository', remote.url, home, access);
      return [`repository/${remote.name}`];
  }
}

function notPulled(remote: RemoteChart, reason: string): ChartImagesError {
  const advice = 'Check the name, the version, the network and registry-credentials.';
  return fetchError(`${remote.text} could not be fetched`, reason, advice);
}
