import { createConcurrencyLimit } from '../../core/concurrency-limit.ts';
import { ChartImagesError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import { cloudOfRegistry } from '../credentials/azure-cloud.ts';
import type { CredentialChain } from '../credentials/credential-chain.ts';
import type { CredentialTrace } from '../credentials/credential-trace.ts';
import type { AcrResourceIds } from './acr-resource-ids.ts';
import type { ArmClient } from './arm.ts';
import { type ImageImport, type ImportSource, importImage, importSource } from './import-image.ts';

/** Parallel operations. Azure throttles a client that starts too many. */
const importsAtOnce = 16;

export type ImportOutcome =
  | { readonly result: 'imported' }
  /** Nothing was written. An error that affects `all` images of the two registries is logged once. */
  | { readonly result: 'impossible'; readonly affects: 'this' | 'all'; readonly error: ChartImagesError };

export interface ImporterOptions {
  readonly arm: ArmClient;
  readonly resources: AcrResourceIds;
  readonly credentials: CredentialChain;
  /** Resource IDs by login server. The registry of an artifact store is not in the lists of Azure. */
  readonly known: ReadonlyMap<string, string>;
  /** `auto`: imports only if the run pushes to the target with an Azure identity, or if the target is in `known`. */
  readonly mode: 'auto' | 'stream' | 'import';
  /**
   * Called once for each pair of registries with the identity of the imports, or why there are none. Never a secret.
   */
  readonly trace: CredentialTrace;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** Imports images inside of Azure if possible. */
export interface Importer {
  import(image: ImageImport): Promise<ImportOutcome>;
  /** Whether an import into a registry would be tried. Accesses neither registries nor Azure. */
  mayImportInto(registry: string): Promise<boolean>;
}

/** A blocking error affects all images of a pair of registries, so it is determined and logged once. */
export function createImporter(options: ImporterOptions): Importer {
  const { arm, log, signal } = options;
  const limit = createConcurrencyLimit(importsAtOnce);
  const routes = new Map<string, Promise<ImportRoute>>();
  const blocked = new Map<string, ChartImagesError>();
  const reported = new Set<string>();
  const block = (pair: string, { from, to }: ImageImport, error: ChartImagesError): void => {
    if (blocked.has(pair)) return;
    blocked.set(pair, error);
    // An error of the target is the same for several sources.
    if (reported.has(error.message)) return;
    reported.add(error.message);
    const line = `Cannot import from ${from.registry} into ${to.registry} inside of Azure: ${error.message}`;
    // Expected for a registry outside of Azure.
    if (cloudOfRegistry(to.registry) === undefined) log.debug(line);
    else log.info(line);
  };
  const routeBetween = (from: string, to: string): Promise<ImportRoute> => {
    const pair = `${from} ${to}`;
    const route = routes.get(pair) ?? findRouteAndLog(from, to, options);
    routes.set(pair, route);
    return route;
  };
  return {
    mayImportInto: async (registry) => (await importBlocker(registry, options)) === undefined,
    import: (image) =>
      limit(async () => {
        const pair = `${image.from.registry} ${image.to.registry}`;
        const known = blocked.get(pair);
        if (known) return { result: 'impossible', affects: 'all', error: known };
        let route: ImportRoute | undefined;
        try {
          route = await routeBetween(image.from.registry, image.to.registry);
          await importImage(image, route.source, route.targetId, arm, signal);
          return { result: 'imported' };
        } catch (error) {
          if (!(error instanceof ChartImagesError) || error.code === 'cancelled') throw error;
          // The search for a route is not repeated, so its error affects all images.
          const affects = route === undefined || isBlocking(error) ? 'all' : 'this';
          if (affects === 'all') block(pair, image, error);
          return { result: 'impossible', affects, error };
        }
      }),
  };
}

interface ImportRoute {
  readonly source: ImportSource;
  readonly targetId: string;
}

/** A missing permission, identity or registry affects all images, any other error only its own. */
function isBlocking({ code }: ChartImagesError): boolean {
  return ['unauthorized', 'denied', 'azure-identity', 'artifact-store', 'missing-input'].includes(code);
}

async function findRouteAndLog(from: string, to: string, options: ImporterOptions): Promise<ImportRoute> {
  const pair = `Import from ${from} into ${to}`;
  try {
    const route = await findRoute(from, to, options);
    options.trace.explain(`${pair}: as ${options.arm.identity()}`);
    return route;
  } catch (error) {
    if (error instanceof ChartImagesError) options.trace.explain(`${pair}: skipped, ${error.message}`);
    throw error;
  }
}

async function findRoute(from: string, to: string, options: ImporterOptions): Promise<ImportRoute> {
  const { resources, known, credentials } = options;
  const blocker = await importBlocker(to, options);
  if (blocker !== undefined) throw unsupported(blocker);
  const isAzure = cloudOfRegistry(from) !== undefined;
  // A password of the user must not be sent to Azure.
  if (!isAzure && (await credentials.get(from)).kind !== 'none')
    throw unsupported(`${from} requires the credentials of the user`);
  const targetId = known.get(to) ?? (await resources.idOf(to));
  if (targetId === undefined) throw unsupported(`this identity has no access to the registry ${to}`);
  const knownSource = known.get(from);
  const source = knownSource === undefined ? await importSource(from, resources) : { resourceId: knownSource };
  if (source === undefined) throw unsupported(`this identity has no access to the registry ${from}`);
  return { source, targetId };
}

/** Why no image can be imported into a registry. */
async function importBlocker(to: string, { known, credentials, mode }: ImporterOptions): Promise<string | undefined> {
  if (cloudOfRegistry(to) === undefined) return `${to} is not an Azure registry`;
  const usesLogin = !known.has(to) && (await credentials.get(to)).kind !== 'azure-access-token';
  return mode === 'auto' && usesLogin ? `pushes to ${to} use a login, not an Azure identity` : undefined;
}

function unsupported(reason: string): ChartImagesError {
  return new ChartImagesError('denied', `${reason}.`, {
    advice:
      'Set copy-mode to auto or stream, or assign a role such as "Container Registry Data Importer and Data Reader" on both registries.',
  });
}
