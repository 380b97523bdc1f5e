import type { HttpClient } from '../../core/http/http.ts';
import type { Log } from '../../core/log.ts';
import type { Importer } from '../../registry/azure/importer.ts';
import type { Registries } from '../../registry/client/registry.ts';
import { createForeignReader, type ForeignReader } from '../copy/foreign-layers.ts';
import { createPublicHostCheck } from '../copy/public-hosts.ts';
import type { ForeignLayers } from '../plan/image-blobs.ts';
import { createSizeEstimator, type SizeEstimator } from '../plan/plan-size.ts';
import type { Shard } from '../plan/shard.ts';
import { type CopyMode, createImport, type ImportImage } from './import-strategy.ts';

/** What plans and copies need of the outside, whatever kind the target is of. */
export interface DestinationContext {
  readonly importImage: ImportImage;
  /** Undefined: foreign layers stay references. */
  readonly foreign: ForeignReader | undefined;
  /** The same for a plan that is being made: none for a shard, whose part of the plan is not known yet. */
  planSizerFor(target: ImportTarget): Promise<SizeEstimator | undefined>;
  /** Undefined where images may come to the registry without passing through here: their manifests are then not read. */
  sizerFor(target: ImportTarget): Promise<SizeEstimator | undefined>;
}

/** Into the registry of an artifact store, whose identity is known, an import is always tried. */
export type ImportTarget = { readonly kind: 'registry'; readonly host: string } | { readonly kind: 'artifact-store' };

export interface CopySettings {
  readonly copyMode: CopyMode;
  readonly foreignLayers: ForeignLayers;
  /** False for a run that ends at the plan. */
  readonly push: boolean;
  /** Undefined: the run copies the whole plan. */
  readonly shard: Shard | undefined;
}

export interface CopyServices {
  readonly importer: Importer;
  readonly registries: Registries;
  readonly http: HttpClient;
  readonly log: Log;
}

export function createDestinationContext(
  request: CopySettings,
  { importer, registries, http, log }: CopyServices,
): DestinationContext {
  const { copyMode, foreignLayers, push, shard } = request;
  const sizerFor = async (target: ImportTarget): Promise<SizeEstimator | undefined> => {
    const streams =
      copyMode === 'stream' || (target.kind === 'registry' && !(await importer.mayImportInto(target.host)));
    return streams ? createSizeEstimator({ registries, foreignLayers, purpose: push ? 'copy' : 'look' }) : undefined;
  };
  return {
    importImage: createImport(copyMode, importer, log),
    foreign: foreignLayers === 'included' ? createForeignReader(http, createPublicHostCheck()) : undefined,
    sizerFor,
    planSizerFor: async (target) => (shard === undefined ? await sizerFor(target) : undefined),
  };
}
