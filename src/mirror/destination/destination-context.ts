import type { HttpClient } from '../../core/http/http.ts';
import type { Log } from '../../core/log.ts';
import type { Importer } from '../../registry/azure/importer.ts';
import type { Access, Registries } from '../../registry/client/registry.ts';
import {
  createNonDistributableLayerReader,
  type NonDistributableLayerReader,
} from '../copy/non-distributable-layers.ts';
import { createPublicHostCheck } from '../copy/public-hosts.ts';
import type { ForeignLayers } from '../plan/image-blobs.ts';
import { createSizeEstimator, type SizeEstimator } from '../plan/plan-size.ts';
import type { Shard } from '../plan/shard.ts';
import { type CopyMode, createImport, type ImportImage } from './import-strategy.ts';

/** Options of plans and copies that do not depend on the kind of target. */
export interface DestinationContext {
  /** The rights to look at the target with. */
  readonly access: Access;
  readonly importImage: ImportImage;
  /** Undefined if foreign layers stay references. */
  readonly nonDistributable: NonDistributableLayerReader | undefined;
  /** The same for planning. Undefined for a shard, whose part of the plan is not known yet. */
  planSizerFor(target: ImportTarget): Promise<SizeEstimator | undefined>;
  /** Undefined if images may be imported inside Azure: their manifests are then not read. */
  sizerFor(target: ImportTarget): Promise<SizeEstimator | undefined>;
}

/** An import is always tried for an artifact store, because its identity is known. */
export type ImportTarget = { readonly kind: 'registry'; readonly host: string } | { readonly kind: 'artifact-store' };

export interface CopySettings {
  readonly copyMode: CopyMode;
  readonly foreignLayers: ForeignLayers;
  /** False for a run that only plans. */
  readonly push: boolean;
  /** Undefined if the run copies the whole plan. */
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
    access: push ? 'pull,push' : 'pull',
    importImage: createImport(copyMode, importer, log),
    nonDistributable:
      foreignLayers === 'included' ? createNonDistributableLayerReader(http, createPublicHostCheck()) : undefined,
    sizerFor,
    planSizerFor: async (target) => (shard === undefined ? await sizerFor(target) : undefined),
  };
}
