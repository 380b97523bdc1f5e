import { join } from 'node:path';
import { ChartImagesError } from '../errors.ts';
import { createTemporaryFolder } from '../files/temporary-folder.ts';
import type { Helm } from './helm.ts';
import type { HelmAccess } from './helm-access.ts';
import type { Rendering } from './rendering.ts';
import { helmReason, offlineBounds, runHelm } from './run-helm.ts';

/**
 * The packaged chart of a rendering: what was rendered, dependencies that were built for it included. Gives the absolute path
 * of a `.tgz` that lives as long as the run. Errors: `chart-invalid` in helm's own words.
 */
export async function packageChart(helm: Helm, { chart, builtPath }: Rendering, access: HelmAccess): Promise<string> {
  if (chart.form === 'archive' && builtPath === undefined) return chart.path;
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
  throw new ChartImagesError('chart-invalid', `${chart.displayPath} can not be packaged: ${reason}`, {
    advice: 'Mend the chart until "helm package" takes it.',
    place: { file: chart.displayPath },
  });
}
