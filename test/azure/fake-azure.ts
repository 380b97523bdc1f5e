/** What there is in the stand-in's Azure: who may do what, registries, artifact stores. A test builds its own. */
import { createHmac, randomBytes, randomUUID } from 'node:crypto';

export const tenant = '72f988bf-0000-4000-8000-2d7cd011db47';
export const subscription = '11111111-2222-4333-8444-555555555555';
export const resourceGroup = 'contoso-publisher';

/** An application, a managed identity or a user. */
export interface Principal {
  readonly clientId: string;
  readonly objectId: string;
  readonly tenant: string;
  readonly secret?: string;
  /** PEM of the certificate it may sign with. */
  readonly certificate?: string;
  /** Whose tokens stand for it. */
  readonly federated?: readonly { readonly issuer: string; readonly subject: string; readonly audience: string }[];
}

/** A role given on a resource and everything below it. */
export interface Assignment {
  readonly principal: Principal;
  readonly role: Role;
  /** A resource id, or the beginning of one. */
  readonly scope: string;
  /** For repository roles of ABAC registries: only repositories that start so. */
  readonly repositories?: string;
}

/** Actions of the resource manager as the built-in roles have them; `data` is what they mean to a registry. */
export const roles = {
  Contributor: { actions: ['*'], data: ['pull', 'push'], repositoryData: [] },
  Reader: { actions: ['*/read'], data: ['pull'], repositoryData: [] },
  AcrPull: { actions: ['Microsoft.ContainerRegistry/registries/pull/read'], data: ['pull'], repositoryData: [] },
  AcrPush: {
    actions: ['Microsoft.ContainerRegistry/registries/pull/read', 'Microsoft.ContainerRegistry/registries/push/write'],
    data: ['pull', 'push'],
    repositoryData: [],
  },
  'Container Registry Repository Reader': { actions: [], data: [], repositoryData: ['pull'] },
  'Container Registry Repository Writer': { actions: [], data: [], repositoryData: ['pull', 'push'] },
  'Container Registry Data Importer and Data Reader': {
    actions: [
      'Microsoft.ContainerRegistry/registries/importImage/action',
      'Microsoft.ContainerRegistry/registries/read',
      'Microsoft.ContainerRegistry/registries/pull/read',
    ],
    data: ['pull'],
    repositoryData: ['pull'],
  },
} as const;

export type Role = keyof typeof roles;

export interface ScopeMapToken {
  readonly username: string;
  readonly password: string;
  readonly repositories: readonly string[];
}

/** A registry without Azure's front, on loopback. */
export interface Store {
  /** `127.0.0.1:port`. */
  readonly host: string;
  /** With scheme, without trailing slash. */
  readonly url: string;
  stop(): Promise<void>;
}

export interface StandInRegistry {
  /** In lower case, the first label of the login server. */
  readonly name: string;
  readonly loginServer: string;
  /** Empty for a registry that is none of Azure's. */
  readonly resourceId: string;
  readonly permissions: 'rbac' | 'abac';
  readonly anonymousPull: boolean;
  /** Whether tokens for the resource manager are taken for a login too. */
  readonly armTokens: 'accepted' | 'refused';
  /** Where its content really is. */
  readonly store: Store;
  /** Given out by listCredential, and more that a test adds. */
  readonly scopeMapTokens: ScopeMapToken[];
}

export interface Artifact {
  readonly artifactName: string;
  readonly artifactType: string;
  readonly artifactVersion: string;
}

export interface StandInManifest {
  readonly artifacts: readonly Artifact[];
  readonly state: string;
  readonly location: string;
}

export interface StandInArtifactStore {
  readonly resourceId: string;
  readonly storeType: 'AzureContainerRegistry' | 'AzureStorageAccount';
  readonly publicNetworkAccess: 'Enabled' | 'Disabled';
  readonly registry: StandInRegistry;
  readonly location: string;
  /** By name. */
  readonly manifests: Map<string, StandInManifest>;
}

/** How the stand-in behaves; a test may change it at any time. */
export interface Behaviour {
  /** Seconds that the registry's access tokens live. */
  accessTokenLife: number;
  /** Seconds that the registry's refresh tokens live. */
  refreshTokenLife: number;
  /** Seconds that Entra's tokens live. */
  entraTokenLife: number;
  /** Hours until the credential of an artifact manifest expires. */
  credentialHours: number;
  /** How `acrServerUrl` is written. */
  serverUrl: 'with-scheme' | 'without-scheme';
  credentialType: string;
  /** Bytes; a single PUT of more is refused with 413. */
  largestPut: number;
  /** Answers "running" so many times before an operation ends. */
  polls: number;
  /** How operations end. */
  operations: 'succeed' | 'fail' | 'vanish' | 'cancel';
  /** One request in so many is answered with 429; 0: none. Entra and the proxy are left alone. */
  throttleEvery: number;
  /** Seconds that throttled callers are told to wait. */
  retryAfter: number;
}

export class World {
  readonly principals: Principal[] = [];
  readonly assignments: Assignment[] = [];
  readonly registries: StandInRegistry[] = [];
  readonly artifactStores: StandInArtifactStore[] = [];
  readonly behavior: Behaviour = {
    accessTokenLife: 4500,
    refreshTokenLife: 10_800,
    entraTokenLife: 3600,
    credentialHours: 24,
    serverUrl: 'with-scheme',
    credentialType: 'AzureContainerRegistryScopedToken',
    largestPut: 20 * 1024 * 1024,
    polls: 2,
    operations: 'succeed',
    throttleEvery: 0,
    retryAfter: 0,
  };
  /** Everything that must never be seen: passwords, assertions and every token that was given out. */
  readonly secrets = new Set<string>();
  readonly #key = randomBytes(32);

  secret(value: string): string {
    this.secrets.add(value);
    return value;
  }

  newSecret(length = 40): string {
    return this.secret(randomBytes(length).toString('base64url').slice(0, length));
  }

  /** A JSON web token that only this world accepts. */
  sign(claims: Readonly<Record<string, unknown>>, lifeSeconds: number): string {
    const now = Math.floor(Date.now() / 1000);
    const body = [
      { alg: 'HS256', typ: 'JWT' },
      { iat: now, nbf: now, exp: now + lifeSeconds, jti: randomUUID(), ...claims },
    ]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    return this.secret(`${body}.${this.#signature(body)}`);
  }

  /** The claims of a token of this world that has not expired. */
  read(token: string): Readonly<Record<string, unknown>> | undefined {
    const [header = '', claims = '', signature] = token.split('.');
    if (signature !== this.#signature(`${header}.${claims}`)) return undefined;
    const read: unknown = JSON.parse(Buffer.from(claims, 'base64url').toString());
    if (typeof read !== 'object' || read === null) return undefined;
    const entries = Object.fromEntries(Object.entries(read));
    return Number(entries['exp']) > Date.now() / 1000 ? entries : undefined;
  }

  #signature(body: string): string {
    return createHmac('sha256', this.#key).update(body).digest('base64url');
  }

  principalOf(claims: Readonly<Record<string, unknown>>): Principal | undefined {
    return this.principals.find(({ objectId }) => objectId === claims['oid']);
  }

  /** Whether any role lets the principal do an action of the resource manager on a resource. */
  allows(principal: Principal, action: string, resourceId: string): boolean {
    return this.#assignmentsOn(principal, resourceId).some(({ role }) =>
      roles[role].actions.some(
        (pattern) =>
          pattern === '*' || pattern === action || (pattern === '*/read' && action.toLowerCase().endsWith('/read')),
      ),
    );
  }

  /** What a principal may do with a repository of a registry: `pull`, `push`. */
  dataActions(principal: Principal, registry: StandInRegistry, repository: string): ReadonlySet<string> {
    const actions = this.#assignmentsOn(principal, registry.resourceId).flatMap(({ role, repositories = '' }) => {
      if (registry.permissions === 'rbac') return roles[role].data;
      return repository.startsWith(repositories) ? roles[role].repositoryData : [];
    });
    return new Set<string>(actions);
  }

  #assignmentsOn(principal: Principal, resourceId: string): readonly Assignment[] {
    const at = resourceId.toLowerCase();
    return this.assignments.filter(
      (given) => given.principal.objectId === principal.objectId && at.startsWith(given.scope.toLowerCase()),
    );
  }

  registryAt(host: string): StandInRegistry | undefined {
    return this.registries.find(({ loginServer }) => loginServer === host);
  }
}
