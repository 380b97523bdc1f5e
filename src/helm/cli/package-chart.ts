import { join } from 'node:path';
import { ChartImagesError } from '../../core/errors.ts';
import { createTemporaryFolder } from '../../core/files/temporary-folder.ts';
import { chartYamlOf } from '../charts/chart-file.ts';
import type { Helm } from './helm.ts';
import type { HelmContext } from './helm-context.ts';
import type { Rendering } from './rendering.ts';
import { helmReason, offlineLimits, runHelm } from './run-helm.ts';

/**
 * Packages the rendered chart, including built dependencies. Returns the absolute path of a `.tgz` that is kept until
 * the end of the run. Throws `chart-invalid` with the message of Helm.
 */
export async function packageChart(
  helm: Helm,
  { chart, dependencyCopyPath }: Rendering,
  context: HelmContext,
): Promise<string> {
  if (chart.kind === 'archive' && dependencyCopyPath === undefined) return chart.path;
  const folder = await createTemporaryFolder(context.temporary, 'package');
  const result = await runHelm(
    helm,
    {
      arguments: ['package', '--destination', folder.path, '--', dependencyCopyPath ?? chart.path],
      reads: [dependencyCopyPath ?? chart.path],
      home: join(folder.path, 'home'),
      limits: offlineLimits,
    },
    context,
  );
  const { name, version } = chart.metadata;
  if (result.exitCode === 0) return join(folder.path, `${name}-${version}.tgz`);
  const reason = helmReason(result).replaceAll(dependencyCopyPath ?? chart.path, chart.displayPath);
  throw new ChartImagesError('chart-invalid', `Cannot package ${chart.displayPath}: ${reason}`, {
    advice: 'Fix the chart until `helm package` succeeds.',
    location: { file: chartYamlOf(chart) },
  });
}
