import type { Importer } from '../azure/importer.ts';
import type { Http } from '../http/http.ts';
import type { Log } from '../log.ts';
import { createForeignReader, type ForeignReader } from '../mirror/foreign-layers.ts';
import type { ForeignLayers } from '../mirror/parts-of-image.ts';
import { createSizer, type Sizer } from '../mirror/plan-size.ts';
import { createPublicHosts } from '../mirror/public-hosts.ts';
import type { Shard } from '../mirror/share.ts';
import type { Registries } from '../registry/registry.ts';
import { type Bring, bringBy, type CopyMode } from './bring.ts';

/** What plans and copies need of the outside, whatever kind the target is of. */
export interface CopyAccess {
  readonly bring: Bring;
  /** Undefined: foreign layers stay references. */
  readonly foreign: ForeignReader | undefined;
  /** The same for a plan that is being made: none for a shard, whose part of the plan is not known yet. */
  planSizerFor(target: ImportTarget): Promise<Sizer | undefined>;
  /** Undefined where images may come to the registry without passing through here: their manifests are then read by nobody. */
  sizerFor(target: ImportTarget): Promise<Sizer | undefined>;
}

/** Into the registry of an artifact store, whose identity is known, an import is always tried. */
export type ImportTarget = { readonly kind: 'registry'; readonly host: string } | { readonly kind: 'artifact-store' };

export interface CopyRequest {
  readonly copyMode: CopyMode;
  readonly foreignLayers: ForeignLayers;
  /** False for a run that ends at the plan. */
  readonly push: boolean;
  /** Undefined: the run copies the whole plan. */
  readonly shard: Shard | undefined;
}

export interface CopyOutside {
  readonly importer: Importer;
  readonly registries: Registries;
  readonly http: Http;
  readonly log: Log;
}

export function createCopyAccess(request: CopyRequest, { importer, registries, http, log }: CopyOutside): CopyAccess {
  const { copyMode, foreignLayers, push, shard } = request;
  const sizerFor = async (target: ImportTarget): Promise<Sizer | undefined> => {
    const streams =
      copyMode === 'stream' || (target.kind === 'registry' && !(await importer.mayImportInto(target.host)));
    return streams ? createSizer({ registries, foreignLayers, purpose: push ? 'copy' : 'look' }) : undefined;
  };
  return {
    bring: bringBy(copyMode, importer, log),
    foreign: foreignLayers === 'included' ? createForeignReader(http, createPublicHosts()) : undefined,
    sizerFor,
    planSizerFor: async (target) => (shard === undefined ? await sizerFor(target) : undefined),
  };
}
