import { createConcurrencyLimit } from '../../core/concurrency-limit.ts';
import { ChartImagesError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import { cloudOfRegistry } from '../credentials/azure-cloud.ts';
import type { CredentialChain } from '../credentials/credential-chain.ts';
import type { AcrResourceIds } from './acr-resource-ids.ts';
import type { ArmClient } from './arm.ts';
import { type ImageImport, type ImportSource, importImage, importSource } from './import-image.ts';

/** Operations under way at once: Azure works on them in parallel, and throttles a client that starts too many. */
const importsAtOnce = 16;

export type ImportOutcome =
  | { readonly result: 'imported' }
  /** Nothing was written. What concerns all images of the two registries was logged, once. */
  | { readonly result: 'impossible'; readonly concerns: 'this' | 'all'; readonly error: ChartImagesError };

export interface ImporterOptions {
  readonly arm: ArmClient;
  readonly resources: AcrResourceIds;
  readonly credentials: CredentialChain;
  /** Resource ids that are known already, by login server: an artifact store's own registry is in no list. */
  readonly known: ReadonlyMap<string, string>;
  /** With `auto` an import is tried only where the run writes to the target as an Azure identity, or the target is known. */
  readonly mode: 'auto' | 'stream' | 'import';
  /** Called once for a pair of registries with the identity that asks Azure for imports, or the reason that none does; never with a secret. */
  readonly explain?: (line: string) => void;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** Imports images inside Azure where that can be done. */
export interface Importer {
  import(wanted: ImageImport): Promise<ImportOutcome>;
  /** Whether an import into a registry would be tried at all; asks no registry and starts nothing in Azure. */
  mayImportInto(registry: string): Promise<boolean>;
}

/** What keeps one pair of registries from an import keeps all their images from it: it is determined, and logged, once. */
export function createImporter(options: ImporterOptions): Importer {
  const { arm, log, signal } = options;
  const limit = createConcurrencyLimit(importsAtOnce);
  const ways = new Map<string, Promise<ImportRoute>>();
  const closed = new Map<string, ChartImagesError>();
  const reported = new Set<string>();
  const close = (pair: string, { from, to }: ImageImport, error: ChartImagesError): void => {
    if (closed.has(pair)) return;
    closed.set(pair, error);
    // Several sources may meet with the same obstacle, which is the target's.
    if (reported.has(error.message)) return;
    reported.add(error.message);
    const line = `Azure does not import from ${from.registry} into ${to.registry} for this run: ${error.message}`;
    // For a registry that is not Azure's, no import is expected.
    if (cloudOfRegistry(to.registry) === undefined) log.debug(line);
    else log.info(line);
  };
  const wayOf = (from: string, to: string): Promise<ImportRoute> => {
    const pair = `${from} ${to}`;
    const way = ways.get(pair) ?? findRouteAndLog(from, to, options);
    ways.set(pair, way);
    return way;
  };
  return {
    mayImportInto: async (registry) => (await importBlocker(registry, options)) === undefined,
    import: (wanted) =>
      limit(async () => {
        const pair = `${wanted.from.registry} ${wanted.to.registry}`;
        const known = closed.get(pair);
        if (known) return { result: 'impossible', concerns: 'all', error: known };
        let way: ImportRoute | undefined;
        try {
          way = await wayOf(wanted.from.registry, wanted.to.registry);
          await importImage(wanted, way.source, way.targetId, arm, signal);
          return { result: 'imported' };
        } catch (error) {
          if (!(error instanceof ChartImagesError) || error.code === 'cancelled') throw error;
          // The way is looked for once, so where it could not be found there is none for the others either.
          const concerns = way === undefined || isBlocking(error) ? 'all' : 'this';
          if (concerns === 'all') close(pair, wanted, error);
          return { result: 'impossible', concerns, error };
        }
      }),
  };
}

interface ImportRoute {
  readonly source: ImportSource;
  readonly targetId: string;
}

/** A missing permission, identity or registry concerns every image; a fault of one operation only its own. */
function isBlocking({ code }: ChartImagesError): boolean {
  return ['unauthorized', 'denied', 'azure-identity', 'artifact-store', 'missing-input'].includes(code);
}

async function findRouteAndLog(from: string, to: string, options: ImporterOptions): Promise<ImportRoute> {
  const pair = `Import from ${from} into ${to}`;
  try {
    const way = await findRoute(from, to, options);
    options.explain?.(`${pair}: Azure is asked as ${options.arm.identity()}`);
    return way;
  } catch (error) {
    if (error instanceof ChartImagesError) options.explain?.(`${pair}: not asked for, ${error.message}`);
    throw error;
  }
}

async function findRoute(from: string, to: string, options: ImporterOptions): Promise<ImportRoute> {
  const { resources, known, credentials } = options;
  const obstacle = await importBlocker(to, options);
  if (obstacle !== undefined) throw unsupported(obstacle);
  const isAzure = cloudOfRegistry(from) !== undefined;
  // A password of the user's is for the registry it is of, and not for Azure to be handed on.
  if (!isAzure && (await credentials.get(from)).kind !== 'none')
    throw unsupported(`${from} is read with a login of the user's`);
  const targetId = known.get(to) ?? (await resources.idOf(to));
  if (targetId === undefined) throw unsupported(`this identity sees no registry ${to}`);
  const knownSource = known.get(from);
  const source = knownSource === undefined ? await importSource(from, resources) : { resourceId: knownSource };
  if (source === undefined) throw unsupported(`this identity sees no registry ${from}`);
  return { source, targetId };
}

/** What keeps every image from being imported into a registry. */
async function importBlocker(to: string, { known, credentials, mode }: ImporterOptions): Promise<string | undefined> {
  if (cloudOfRegistry(to) === undefined) return `${to} is no registry of Azure's`;
  const isLogin = !known.has(to) && (await credentials.get(to)).kind !== 'azure-access-token';
  return mode === 'auto' && isLogin ? `${to} is written to with a login, not with an Azure identity` : undefined;
}

/** There is nothing that Azure could be asked for. */
function unsupported(what: string): ChartImagesError {
  return new ChartImagesError('denied', `${what}.`, {
    advice:
      'Leave copy-mode at auto or set it to stream; an import needs a role such as "Container Registry Data Importer and Data Reader" on both registries.',
  });
}
