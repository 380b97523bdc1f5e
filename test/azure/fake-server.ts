/** A whole Azure for a test: see the files beside this one for its parts. Shaped by the recorded publish of az aosm. */
import { randomUUID } from 'node:crypto';
import { startDistribution } from '../support/distribution.ts';
import type { Exchange, Part, Recorded, Reply } from './exchange.ts';
import {
  type Principal,
  type Role,
  resourceGroup,
  type StandInArtifactStore,
  type StandInRegistry,
  type Store,
  subscription,
  tenant,
  World,
} from './fake-azure.ts';
import { entra } from './fake-entra.ts';
import { openGateway } from './fake-gateway.ts';
import { issuers } from './issuers.ts';
import { type LocalIdentities, startLocalIdentities } from './local-identities.ts';
import { registryFronts } from './registry-front.ts';
import { resourceManager } from './resource-manager.ts';

export interface StandIn {
  readonly world: World;
  readonly local: LocalIdentities;
  /** `http://127.0.0.1:port`, for HTTPS_PROXY. */
  readonly proxy: string;
  readonly caFile: string;
  readonly recorded: readonly Recorded[];
  readonly refusedHosts: readonly string[];
  /** What asks GitHub for a token, and the token of a job in Azure DevOps. */
  readonly githubToken: string;
  readonly jobToken: string;
  /** Every later request is shown to it first; what it returns is the answer. */
  intercept(answer: (exchange: Exchange) => Reply | undefined): void;
  addPrincipal(options?: Partial<Principal>): Principal;
  assign(principal: Principal, role: Role, scope: string, repositories?: string): void;
  addRegistry(name: string, options?: RegistryOptions): Promise<StandInRegistry>;
  addArtifactStore(options?: ArtifactStoreOptions): Promise<StandInArtifactStore>;
  stop(): Promise<void>;
}

export interface RegistryOptions extends Partial<Pick<StandInRegistry, 'permissions' | 'anonymousPull' | 'armTokens'>> {
  /** `<name>.azurecr.io` where it is not given. A host that is not Azure's has no resource. */
  readonly loginServer?: string;
}

export interface ArtifactStoreOptions extends Partial<Pick<StandInArtifactStore, 'storeType' | 'publicNetworkAccess'>> {
  readonly group?: string;
  readonly publisher?: string;
  readonly name?: string;
}

export interface StandInOptions {
  /** Opens what really holds the content of one registry; a distribution registry where it is not given. */
  readonly openStore?: () => Promise<Store>;
}

export async function startStandIn(options: StandInOptions = {}): Promise<StandIn> {
  const { openStore = () => startDistribution({ locations: 'relative' }) } = options;
  const world = new World();
  const stores: Store[] = [];
  const vouching = issuers(world);
  const intercepts: ((exchange: Exchange) => Reply | undefined)[] = [];
  let counted = 0;
  const throttle: Part = async ({ host }) => {
    const { throttleEvery, retryAfter } = world.behavior;
    if (throttleEvery === 0 || host.startsWith('login.')) return undefined;
    counted += 1;
    if (counted % throttleEvery !== 0) return undefined;
    const body = { error: { code: 'TooManyRequests', message: 'The request is being throttled.' } };
    return { status: 429, headers: { 'retry-after': String(retryAfter) }, body };
  };
  const intercepted: Part = async (exchange) => {
    for (const intercept of intercepts) {
      const reply = intercept(exchange);
      if (reply !== undefined) return reply;
    }
    return undefined;
  };
  const parts = [intercepted, throttle, entra(world), vouching.part, registryFronts(world), resourceManager(world)];
  const gateway = await openGateway(parts);
  const local = await startLocalIdentities(world);

  const addRegistry = async (name: string, options: RegistryOptions = {}): Promise<StandInRegistry> => {
    const store = await openStore();
    stores.push(store);
    const loginServer = options.loginServer ?? `${name}.azurecr.io`;
    const id = `/subscriptions/${subscription}/resourceGroups/${resourceGroup}/providers/Microsoft.ContainerRegistry/registries/${name}`;
    const registry: StandInRegistry = {
      name,
      loginServer,
      resourceId: loginServer.includes('.azurecr.') ? id : '',
      permissions: options.permissions ?? 'rbac',
      anonymousPull: options.anonymousPull ?? false,
      armTokens: options.armTokens ?? 'accepted',
      store,
      scopeMapTokens: [],
    };
    world.registries.push(registry);
    return registry;
  };

  return {
    world,
    local,
    proxy: gateway.proxy,
    caFile: gateway.caFile,
    recorded: gateway.recorded,
    refusedHosts: gateway.refusedHosts,
    githubToken: vouching.githubToken,
    jobToken: vouching.jobToken,
    intercept: (answer) => {
      intercepts.push(answer);
    },
    addPrincipal: (options = {}) => {
      const principal = { clientId: randomUUID(), objectId: randomUUID(), tenant, ...options };
      if (principal.secret !== undefined) world.secret(principal.secret);
      world.principals.push(principal);
      return principal;
    },
    assign: (principal, role, scope, repositories) => {
      world.assignments.push({ principal, role, scope, ...(repositories === undefined ? {} : { repositories }) });
    },
    addRegistry,
    addArtifactStore: async (options = {}) => {
      const { publisher = 'contoso', name = 'contoso-store', group = resourceGroup } = options;
      const registry = await addRegistry('contosocontosostoreacr3964e97abc');
      const store: StandInArtifactStore = {
        resourceId: `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.HybridNetwork/publishers/${publisher}/artifactStores/${name}`,
        storeType: options.storeType ?? 'AzureContainerRegistry',
        publicNetworkAccess: options.publicNetworkAccess ?? 'Enabled',
        registry,
        location: 'westeurope',
        manifests: new Map(),
      };
      world.artifactStores.push(store);
      return store;
    },
    stop: async () => {
      await gateway.stop();
      await local.stop();
      await Promise.all(stores.map((store) => store.stop()));
    },
  };
}
