import { passingErrors } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { Chart } from '../../helm/charts/chart.ts';
import type { ArmClient } from '../../registry/azure/arm.ts';
import { readArtifactManifest } from '../../registry/azure/artifact-manifest.ts';
import type { ArtifactStore, ArtifactStoreRequest } from '../../registry/azure/artifact-store.ts';
import type { Registry } from '../../registry/client/registry.ts';
import { artifactOfChart, nameOfArtifact } from './artifacts.ts';

export interface StoreCheck {
  readonly store: ArtifactStore;
  readonly request: ArtifactStoreRequest;
  /** Those of the run. */
  readonly charts: readonly Chart[];
  /** That of the store. */
  readonly registry: Registry;
  readonly arm: ArmClient;
  readonly log: Log;
}

/** Logs which artifacts of the manifest are not in the store after the copy. Throws only `cancelled`. */
export async function checkStore({ store, request, charts, registry, arm, log }: StoreCheck): Promise<void> {
  const manifest = await readArtifactManifest(store, request.manifest, arm).catch((thrown: unknown) => {
    const [{ message }] = passingErrors(thrown);
    log.warning(`Cannot check whether the store has all artifacts of the manifest ${request.manifest}: ${message}`);
    return 'unreadable' as const;
  });
  if (manifest === 'unreadable') return;
  const responses = await Promise.all(
    (manifest?.artifacts ?? []).map(async (artifact) => ({
      name: nameOfArtifact(artifact),
      head: await registry.headManifest(artifact.name, artifact.version),
    })),
  );
  const named = (result: 'absent' | 'unknown') =>
    responses.filter(({ head }) => head.result === result).map(({ name }) => name);
  const [missing, unknown] = [named('absent'), named('unknown')];
  const chartNames = new Set(charts.map((chart) => nameOfArtifact(artifactOfChart(chart))));
  const ownCharts = missing.filter((name) => chartNames.has(name));
  const others = missing.filter((name) => !chartNames.has(name));
  const lists = `The artifact manifest ${request.manifest} also lists`;
  if (missing.length === 0 && unknown.length === 0)
    log.info(`The store has all artifacts of the artifact manifest ${request.manifest}.`);
  if (unknown.length > 0) log.warning(`Cannot check whether the store has ${unknown.join(', ')}.`);
  if (ownCharts.length > 0) log.info(`${lists} the chart ${ownCharts.join(', ')}. To push it, set publish-charts.`);
  if (others.length > 0) log.warning(`${lists} artifacts that are not in the store: ${others.join(', ')}.`);
}
