import { join } from 'node:path';
import { ChartImagesError } from '../../core/errors.ts';
import { createTemporaryFolder } from '../../core/files/temporary-folder.ts';
import type { Helm } from './helm.ts';
import type { HelmContext } from './helm-context.ts';
import type { Rendering } from './rendering.ts';
import { helmReason, offlineBounds, runHelm } from './run-helm.ts';

/**
 * The packaged chart of a rendering: what was rendered, dependencies that were built for it included. Gives the absolute path
 * of a `.tgz` that lives as long as the run. Errors: `chart-invalid` in helm's own words.
 */
export async function packageChart(
  helm: Helm,
  { chart, dependencyCopyPath: builtPath }: Rendering,
  access: HelmContext,
): Promise<string> {
  if (chart.kind === 'archive' && builtPath === undefined) return chart.path;
  const folder = await createTemporaryFolder(access.temporary, 'package');
  const result = await runHelm(
    helm,
    {
      arguments: ['package', '--destination', folder.path, '--', builtPath ?? chart.path],
      reads: [builtPath ?? chart.path],
      home: join(folder.path, 'home'),
      bounds: offlineBounds,
    },
    access,
  );
  const { name, version } = chart.metadata;
  if (result.exitCode === 0) return join(folder.path, `${name}-${version}.tgz`);
  const reason = helmReason(result).replaceAll(builtPath ?? chart.path, chart.displayPath);
  throw new ChartImagesError('chart-invalid', `${chart.displayPath} cannot be packaged: ${reason}`, {
    advice: 'Fix the chart until "helm package" takes it.',
    place: { file: chart.displayPath },
  });
}
