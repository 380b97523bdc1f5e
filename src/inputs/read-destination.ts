import { ChartImagesError } from '../core/errors.ts';
import type { CopyMode } from '../mirror/destination/import-strategy.ts';
import type { ForeignLayers } from '../mirror/plan/image-blobs.ts';
import type { Target } from '../mirror/plan/plan.ts';
import type { ArtifactStoreRequest } from '../registry/azure/artifact-store.ts';
import type { ChartList } from './chart-list.ts';
import { ErrorCollector } from './input-errors.ts';
import { inputValue, type RawInputs, valueOrDefault } from './raw-inputs.ts';
import { readTarget } from './read-registries.ts';
import { readBoolean, readChoice } from './read-value.ts';

/** The target and how to copy. At most one of `target` and `artifactStore` is set. */
export interface DestinationSettings {
  readonly target: Target | undefined;
  readonly artifactStore: ArtifactStoreRequest | undefined;
  /** Action if the artifact manifest of this version does not exist. */
  readonly missingManifest: 'create' | 'fail';
  readonly publishCharts: boolean;
  readonly copyMode: CopyMode;
  /** Whether nondistributable layers are copied. */
  readonly foreignLayers: ForeignLayers;
}

const copyModes = ['auto', 'stream', 'import'] as const satisfies readonly CopyMode[];

/** Value of `target` for the store in the input file. */
const artifactStore = 'artifact-store';

/** Throws all errors together. */
export async function readDestination(raw: RawInputs, named: ChartList): Promise<DestinationSettings> {
  const issues = new ErrorCollector();
  const said = inputValue(raw, 'target');
  const isStore = said === artifactStore;
  const create = await issues.keep(
    () => readBoolean('create-artifact-manifest', valueOrDefault(raw, 'create-artifact-manifest')),
    true,
  );
  const publishCharts = await issues.keep(
    () => readBoolean('publish-charts', valueOrDefault(raw, 'publish-charts')),
    false,
  );
  const includeForeign = await issues.keep(
    () => readBoolean('include-foreign', valueOrDefault(raw, 'include-foreign')),
    false,
  );
  if (publishCharts && !isStore) issues.add(chartsWithoutStore());
  const settings: DestinationSettings = {
    target:
      said === undefined || isStore
        ? undefined
        : await issues.keep<Target | undefined>(() => readTarget(said), undefined),
    artifactStore: isStore
      ? await issues.keep<ArtifactStoreRequest | undefined>(() => storeOf(named), undefined)
      : undefined,
    missingManifest: create ? 'create' : 'fail',
    publishCharts,
    copyMode: await issues.keep<CopyMode>(
      () => readChoice('copy-mode', valueOrDefault(raw, 'copy-mode'), copyModes),
      'auto',
    ),
    foreignLayers: includeForeign ? 'included' : 'left out',
  };
  issues.throwIfAny();
  return settings;
}

function storeOf({ artifactStore: read }: ChartList): ArtifactStoreRequest {
  if (read !== undefined) return read();
  throw new ChartImagesError('missing-input', 'Input "target" is "artifact-store", which requires "input-file".', {
    advice: 'Set input-file to the cnf-input.jsonc of the network function.',
  });
}

function chartsWithoutStore(): ChartImagesError {
  return new ChartImagesError('invalid-input', 'Input "publish-charts" requires "target" to be "artifact-store".', {
    advice: 'Set target to artifact-store, or remove publish-charts.',
  });
}
