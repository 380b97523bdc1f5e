/** Everything by which a run may be let in: logins that earlier steps left, and identities of Microsoft Entra ID. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type Principal, type StandInRegistry, tenant } from '../fake-azure.ts';
import type { StandIn } from '../fake-server.ts';
import { github } from '../issuers.ts';
import {
  arriving,
  everywhere,
  type Login,
  type Mirror,
  mirror,
  onGitHub,
  type Place,
  repositoriesIn,
  type Scenario,
} from './scenario.ts';

export const audience = 'api://AzureADTokenExchange';

/** May read the source and write to the target. */
export function mover(azure: StandIn, { source, target }: Mirror, options: Partial<Principal> = {}): Principal {
  const principal = azure.addPrincipal(options);
  if (source.permissions === 'rbac') azure.assign(principal, 'AcrPull', source.resourceId);
  if (target.permissions === 'rbac') azure.assign(principal, 'AcrPush', target.resourceId);
  return principal;
}

/** An application and its secret, which registries also take as user name and password. */
export function application(azure: StandIn, made: Mirror): { readonly id: string; readonly secret: string } {
  const secret = azure.world.newSecret();
  return { id: mover(azure, made, { secret }).clientId, secret };
}

function auth(username: string, password: string): string {
  return Buffer.from(`${username}:${password}`).toString('base64');
}

/** A `config.json` in a folder of its own. */
async function dockerConfig({ machine }: Place, content: object): Promise<Login> {
  const folder = join(machine, 'docker');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'config.json'), JSON.stringify(content));
  return { env: { DOCKER_CONFIG: folder } };
}

const hostsOf = ({ source, target }: Mirror) => [source, target].map(({ loginServer }) => loginServer);

/** A certificate and its key in one PEM file, as Azure's libraries want them. */
export function certificateIn(folder: string): {
  readonly path: string;
  readonly certificate: string;
  readonly pem: string;
} {
  const [key, cert, path] = ['key.pem', 'cert.pem', 'both.pem'].map((name) => join(folder, name));
  if (key === undefined || cert === undefined || path === undefined) throw new Error('no such file');
  const making = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, '-days', '2'];
  execFileSync('openssl', [...making, '-subj', '/CN=pipeline'], { stdio: 'pipe' });
  const certificate = readFileSync(cert, 'utf8');
  const pem = `${readFileSync(key, 'utf8')}${certificate}`;
  writeFileSync(path, pem);
  return { path, certificate, pem };
}

export const leftLogins: readonly Scenario[] = [
  {
    name: 'an image is copied with registry-credentials',
    ways: everywhere,
    prepare: (place) =>
      arriving(place, (_, made) => {
        const { id, secret } = application(place.azure, made);
        const lines = hostsOf(made).map((host) => `${host} ${id} ${secret}`);
        return { inputs: { 'registry-credentials': lines.join('\n') } };
      }),
  },
  {
    name: 'an image is copied with the auths of docker login, azure/docker-login, and Docker@2',
    ways: everywhere,
    prepare: (place) =>
      arriving(place, (_, made) => {
        const { id, secret } = application(place.azure, made);
        const auths = hostsOf(made).map((host) => [host, { auth: auth(id, secret) }]);
        return dockerConfig(place, { auths: Object.fromEntries(auths) });
      }),
  },
  {
    name: 'an image is copied with the identitytoken of az acr login',
    ways: everywhere,
    prepare: (place) =>
      arriving(place, (_, made) => {
        const { objectId: oid } = mover(place.azure, made);
        const auths = hostsOf(made).map((aud) => [
          aud,
          {
            auth: auth('00000000-0000-0000-0000-000000000000', ''),
            identitytoken: place.azure.world.sign({ kind: 'refresh', aud, oid }, 3600),
          },
        ]);
        return dockerConfig(place, { auths: Object.fromEntries(auths) });
      }),
  },
  {
    name: 'an image is copied with a credential helper of credHelpers',
    ways: everywhere,
    prepare: (place) =>
      arriving(place, async (_, made) => {
        const { id, secret } = application(place.azure, made);
        const folder = join(place.machine, 'bin');
        const program = join(folder, 'docker-credential-contoso');
        await mkdir(folder, { recursive: true });
        await writeFile(
          program,
          `#!/bin/sh\ncat > '${place.machine}/asked'\necho '${JSON.stringify({ Username: id, Secret: secret })}'\n`,
        );
        await chmod(program, 0o755);
        const helpers = hostsOf(made).map((host) => [host, 'contoso']);
        return { ...(await dockerConfig(place, { credHelpers: Object.fromEntries(helpers) })), path: [folder] };
      }),
  },
  {
    name: 'an image is copied with DOCKER_AUTH_CONFIG for one registry and REGISTRY_AUTH_FILE for the other',
    ways: everywhere,
    prepare: (place) =>
      arriving(place, async (_, made) => {
        const { id, secret } = application(place.azure, made);
        const [source = '', target = ''] = hostsOf(made);
        const file = join(place.machine, 'auth.json');
        await writeFile(file, JSON.stringify({ auths: { [`${target}/team`]: { auth: auth(id, secret) } } }));
        const variable = JSON.stringify({ auths: { [source]: { auth: auth(id, secret) } } });
        return { env: { DOCKER_AUTH_CONFIG: variable, REGISTRY_AUTH_FILE: file } };
      }),
  },
  {
    name: 'an image is pulled anonymously from a registry that allows it',
    ways: everywhere,
    prepare: (place) =>
      arriving(
        place,
        (_, made) => {
          const { id, secret } = application(place.azure, made);
          return { inputs: { 'registry-credentials': `${made.target.loginServer} ${id} ${secret}` } };
        },
        { anonymousPull: true },
      ),
  },
];

export const identities: readonly Scenario[] = [
  {
    name: 'an image is copied with the session of az that azure/login, AzureCLI@2, or az login left',
    ways: everywhere,
    prepare: (place) =>
      arriving(place, async (_, made) => {
        place.azure.local.session = mover(place.azure, made);
        const folder = join(place.machine, 'bin');
        await place.azure.local.installAz(folder);
        return { path: [folder] };
      }),
  },
  {
    name: "an image is copied by the machine's managed identity",
    ways: everywhere,
    prepare: (place) =>
      arriving(place, (_, made) => {
        place.azure.local.machine = mover(place.azure, made);
        return {};
      }),
  },
  {
    name: 'an image is copied by an application with its secret in the environment',
    ways: everywhere,
    prepare: (place) => arriving(place, (_, made) => secretLogin(place.azure, made)),
  },
  {
    name: 'an image is copied by an application with its certificate in a file',
    ways: everywhere,
    prepare: (place) =>
      arriving(place, (_, made) => {
        const { path, certificate } = certificateIn(place.machine);
        const { clientId } = mover(place.azure, made, { certificate });
        return { env: { AZURE_TENANT_ID: tenant, AZURE_CLIENT_ID: clientId, AZURE_CLIENT_CERTIFICATE_PATH: path } };
      }),
  },
  {
    name: 'an image is copied by a workload identity with its token in a file',
    ways: everywhere,
    prepare: (place) =>
      arriving(place, async (_, made) => {
        const [iss, sub] = ['https://aks.example/cluster', 'system:serviceaccount:runners:mirror'];
        const { clientId } = mover(place.azure, made, { federated: [{ issuer: iss, subject: sub, audience }] });
        const file = join(place.machine, 'token');
        await writeFile(file, place.azure.world.sign({ iss, sub, aud: audience }, 600));
        return { env: { AZURE_TENANT_ID: tenant, AZURE_CLIENT_ID: clientId, AZURE_FEDERATED_TOKEN_FILE: file } };
      }),
  },
  {
    name: "an image is copied by GitHub's OpenID Connect",
    ways: onGitHub,
    prepare: (place) => arriving(place, (_, made) => githubLogin(place.azure, made)),
  },
  {
    name: 'a wrong secret is reported with the application that was refused, and nothing is copied',
    ways: everywhere,
    prepare: async (place) => {
      const made = await mirror(place);
      const { env = {} } = secretLogin(place.azure, made);
      const wrong = place.azure.world.newSecret();
      return {
        inputs: made.inputs,
        env: { ...env, AZURE_CLIENT_SECRET: wrong },
        check: async ({ host }) => {
          expect(host.passed).toBe(false);
          expect(host.log).toContain(
            `the application ${env['AZURE_CLIENT_ID']} in tenant ${tenant} (AZURE_CLIENT_SECRET)`,
          );
          expect(host.log).toContain('AADSTS7000215');
          expect(await repositoriesIn(made.target)).toEqual([]);
        },
      };
    },
  },
  {
    name: 'a missing role is reported with the identity that needs it, and nothing is copied',
    ways: everywhere,
    prepare: async (place) => {
      const made = await mirror(place);
      const { env } = secretLogin(place.azure, { ...made, target: nowhere(made.target) });
      return {
        inputs: made.inputs,
        ...(env ? { env } : {}),
        check: async ({ host }) => {
          expect(host.passed).toBe(false);
          expect(host.log).toContain(made.target.loginServer);
          expect(host.log).toMatch(/AcrPush|push/);
          expect(await repositoriesIn(made.target)).toEqual([]);
        },
      };
    },
  },
];

export function secretLogin(azure: StandIn, made: Mirror): Login {
  const { id, secret } = application(azure, made);
  return { env: { AZURE_TENANT_ID: tenant, AZURE_CLIENT_ID: id, AZURE_CLIENT_SECRET: secret } };
}

export function githubLogin(azure: StandIn, made: Mirror): Login {
  const federated = [{ issuer: github.issuer, subject: github.subject, audience }];
  const { clientId } = mover(azure, made, { federated });
  return {
    inputs: { 'azure-client-id': clientId, 'azure-tenant-id': tenant },
    env: { ACTIONS_ID_TOKEN_REQUEST_URL: github.requestUrl, ACTIONS_ID_TOKEN_REQUEST_TOKEN: azure.githubToken },
  };
}

/** A registry on which no role is given. */
function nowhere(registry: StandInRegistry): StandInRegistry {
  return { ...registry, resourceId: '/subscriptions/none' };
}
