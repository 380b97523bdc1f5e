import { cloudOfRegistry } from '../credentials/azure-cloud.ts';
import type { Credentials } from '../credentials/credentials.ts';
import { ChartImagesError } from '../errors.ts';
import { createLimit } from '../limit.ts';
import type { Log } from '../log.ts';
import type { Arm } from './arm.ts';
import { type ImageImport, type ImportSource, importImage, importSourceOf } from './import-image.ts';
import type { RegistryResources } from './registry-resource.ts';

/** Operations under way at once: Azure works on them in parallel, and throttles whoever starts too many. */
const importsAtOnce = 16;

export type ImportOutcome =
  | { readonly result: 'imported' }
  /** Nothing was written; the reason is a clause. */
  | { readonly result: 'impossible'; readonly error: ChartImagesError };

export interface ImporterOptions {
  readonly arm: Arm;
  readonly resources: RegistryResources;
  readonly credentials: Credentials;
  /** Resource ids that are known already, by login server: an artifact store's own registry is in nobody's list. */
  readonly known: ReadonlyMap<string, string>;
  /** With `auto` an import is tried only where the run writes to the target as an Azure identity, or the target is known. */
  readonly mode: 'auto' | 'stream' | 'import';
  /** Told, once for a pair of registries, who asks Azure for imports, or why nobody does; never a secret. */
  readonly explain?: (line: string) => void;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** Imports images inside Azure where that can be done. */
export interface Importer {
  import(wanted: ImageImport): Promise<ImportOutcome>;
  /** Whether an import into a registry would be tried at all; asks nobody. */
  mayImportInto(registry: string): Promise<boolean>;
}

/** What keeps one pair of registries from an import keeps all their images from it: it is found out, and told, once. */
export function createImporter(options: ImporterOptions): Importer {
  const { arm, log, signal } = options;
  const limit = createLimit(importsAtOnce);
  const ways = new Map<string, Promise<Way>>();
  const closed = new Map<string, ChartImagesError>();
  const wayOf = (from: string, to: string): Promise<Way> => {
    const pair = `${from} ${to}`;
    const way = ways.get(pair) ?? toldWay(from, to, options);
    ways.set(pair, way);
    return way;
  };
  return {
    mayImportInto: async (registry) => (await obstacleTo(registry, options)) === undefined,
    import: (wanted) =>
      limit(async () => {
        const pair = `${wanted.from.registry} ${wanted.to.registry}`;
        const known = closed.get(pair);
        if (known) return { result: 'impossible', error: known };
        try {
          const { source, targetId } = await wayOf(wanted.from.registry, wanted.to.registry);
          await importImage(wanted, source, targetId, arm, signal);
          return { result: 'imported' };
        } catch (error) {
          if (!(error instanceof ChartImagesError) || error.code === 'cancelled') throw error;
          if (concernsAll(error) && !closed.has(pair)) {
            closed.set(pair, error);
            const line = `Azure does not import from ${wanted.from.registry} into ${wanted.to.registry} for this run: ${error.message}`;
            // What nobody asked for needs no explanation.
            if (error instanceof NoWay) log.debug(line);
            else log.info(line);
          }
          return { result: 'impossible', error };
        }
      }),
  };
}

interface Way {
  readonly source: ImportSource;
  readonly targetId: string;
}

/** A missing permission, identity or registry concerns every image; a fault of one operation only its own. */
function concernsAll({ code }: ChartImagesError): boolean {
  return ['unauthorized', 'denied', 'azure-identity', 'artifact-store', 'missing-input'].includes(code);
}

async function toldWay(from: string, to: string, options: ImporterOptions): Promise<Way> {
  const pair = `Import from ${from} into ${to}`;
  try {
    const way = await findWay(from, to, options);
    options.explain?.(`${pair}: Azure is asked as ${options.arm.identity()}`);
    return way;
  } catch (error) {
    if (error instanceof ChartImagesError) options.explain?.(`${pair}: not asked for, ${error.message}`);
    throw error;
  }
}

async function findWay(from: string, to: string, options: ImporterOptions): Promise<Way> {
  const { resources, known, credentials } = options;
  const obstacle = await obstacleTo(to, options);
  if (obstacle !== undefined) throw noWay(obstacle);
  const isAzure = cloudOfRegistry(from) !== undefined;
  // A password of the user's is for the registry it is of, and not for Azure to be handed on.
  if (!isAzure && (await credentials.for(from)).kind !== 'none')
    throw noWay(`${from} is read with a login of the user's`);
  const targetId = known.get(to) ?? (await resources.idOf(to));
  if (targetId === undefined) throw noWay(`this identity sees no registry ${to}`);
  const knownSource = known.get(from);
  const source = knownSource === undefined ? await importSourceOf(from, resources) : { resourceId: knownSource };
  if (source === undefined) throw noWay(`this identity sees no registry ${from}`);
  return { source, targetId };
}

/** What keeps every image from being imported into a registry. */
async function obstacleTo(to: string, { known, credentials, mode }: ImporterOptions): Promise<string | undefined> {
  if (cloudOfRegistry(to) === undefined) return `${to} is no registry of Azure's`;
  const isLogin = !known.has(to) && (await credentials.for(to)).kind !== 'azure-access-token';
  return mode === 'auto' && isLogin ? `${to} is written to with a login, not with an Azure identity` : undefined;
}

/** There is nothing that Azure could be asked for. */
class NoWay extends ChartImagesError {}

function noWay(what: string): NoWay {
  return new NoWay('denied', `${what}.`, {
    advice:
      'Leave copy-mode at auto or set it to stream; an import needs a role such as "Container Registry Data Importer and Data Reader" on both registries.',
  });
}
