import { join } from 'node:path';
import { createTemporaryFolder } from '../../core/files/temporary-folder.ts';
import type { RemoteChart } from '../charts/chart-location.ts';
import { downloadChart, downloadError, type WantedChart } from './download-chart.ts';
import type { Helm } from './helm.ts';
import type { HelmContext } from './helm-context.ts';

/**
 * Fetches a chart that the user named; gives the absolute path of its `.tgz`, which lives as long as the run and was not
 * looked into. Errors: `chart-not-found`, `chart-pull`.
 */
export async function pullChart(helm: Helm, remote: RemoteChart, access: HelmContext): Promise<string> {
  const folder = await createTemporaryFolder(access.temporary, 'pull');
  const path = join(folder.path, 'chart.tgz');
  try {
    await downloadChart(helm, wantedOf(remote), path, access);
    return path;
  } catch (thrown) {
    throw downloadError(`${remote.text} could not be fetched`, thrown);
  }
}

function wantedOf(remote: RemoteChart): WantedChart {
  const { version } = remote;
  switch (remote.kind) {
    case 'oci':
      return { kind: 'oci', chart: { host: remote.host, repository: remote.path }, version };
    case 'repository':
      return { kind: 'repository', repository: new URL(remote.url), name: remote.name, version };
  }
}
