import { ChartImagesError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import { computeDigest } from '../../core/oci/digest.ts';
import type { Helm } from '../../helm/cli/helm.ts';
import type { HelmContext } from '../../helm/cli/helm-context.ts';
import { packageChart } from '../../helm/cli/package-chart.ts';
import type { Rendering } from '../../helm/cli/rendering.ts';
import type { Registry } from '../../registry/client/registry.ts';
import type { OnExisting } from '../plan/plan.ts';
import { chartTag } from './artifacts.ts';
import { type ChartArtifact, chartArtifact, chartInRegistry, isSameChart } from './chart-artifact.ts';

/** Pushes the charts of a run like `helm push`. */
export type PublishCharts = (
  renderings: readonly Rendering[],
  registry: Registry,
  onExisting: OnExisting,
) => Promise<void>;

/** Sequential, because charts are small. Throws `artifact-store` if another chart has the name and version. */
export function createChartPublisher(helm: () => Promise<Helm>, access: HelmContext, log: Log): PublishCharts {
  return async (renderings, registry, onExisting) => {
    const ofCharts = new Map(renderings.map((rendering) => [rendering.chart, rendering]));
    for (const rendering of ofCharts.values()) {
      const artifact = await chartArtifact(rendering.chart, await packageChart(await helm(), rendering, access));
      await publish(artifact, registry, onExisting, access, log);
    }
  };
}

async function publish(
  artifact: ChartArtifact,
  registry: Registry,
  onExisting: OnExisting,
  { temporary }: HelmContext,
  log: Log,
): Promise<void> {
  const { name } = artifact;
  const version = chartTag(artifact.version);
  const target = `${registry.host}/${name}:${version}`;
  const head = await registry.headManifest(name, version);
  if (head.result === 'unknown') throw head.error;
  if (head.result === 'found') {
    const existing = await chartInRegistry(registry, name, head.value.digest);
    const isSame = await isSameChart(artifact, existing, temporary);
    if (!isSame && onExisting === 'fail') throw otherChart(target);
    if (isSame || onExisting === 'skip') {
      log.info(`The chart ${target} already exists${isSame ? '' : ' with other content, and is not replaced'}.`);
      return;
    }
  }
  for (const content of [artifact.config, artifact.package]) {
    const blob = { digest: computeDigest(content), size: content.length };
    if (!(await registry.hasBlob(name, blob))) await registry.putBlob(name, blob, content);
  }
  await registry.putManifest(name, version, artifact.manifest);
  log.info(`Pushed the chart ${target}.`);
}

function otherChart(target: string): ChartImagesError {
  return new ChartImagesError(
    'artifact-store',
    `Cannot push the chart ${target}: another chart has this name and version.`,
    {
      advice: 'Increase the version in Chart.yaml and that of the network function, or set on-existing to replace.',
    },
  );
}
