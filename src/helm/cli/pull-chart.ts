import { join } from 'node:path';
import { createTemporaryFolder } from '../../core/files/temporary-folder.ts';
import type { RemoteChart } from '../charts/chart-location.ts';
import { downloadChart, downloadError, type WantedChart } from './download-chart.ts';
import type { Helm } from './helm.ts';
import type { HelmContext } from './helm-context.ts';

/**
 * Downloads a chart, and returns the absolute path of its unchecked `.tgz`, which is kept until the end of the run.
 * Throws `chart-not-found`, `chart-pull`.
 */
export async function pullChart(helm: Helm, remote: RemoteChart, context: HelmContext): Promise<string> {
  const folder = await createTemporaryFolder(context.temporary, 'pull');
  const path = join(folder.path, 'chart.tgz');
  try {
    await downloadChart(helm, wantedOf(remote), path, context);
    return path;
  } catch (thrown) {
    throw downloadError(`Cannot fetch ${remote.text}`, thrown);
  }
}

function wantedOf(remote: RemoteChart): WantedChart {
  const { version } = remote;
  switch (remote.kind) {
    case 'oci':
      return { kind: 'oci', chart: { host: remote.host, repository: remote.path }, version, digest: remote.digest };
    case 'repository':
      return { kind: 'repository', repository: new URL(remote.url), name: remote.name, version };
  }
}
