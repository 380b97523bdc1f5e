import { createStoreCredentialCache } from '../../src/mirror/destination/store-registry.ts';
import { fetchStoreCredential } from '../../src/registry/azure/store-credential.ts';
import {
  always,
  application,
  arm,
  azure,
  bySecret,
  challengeOf,
  createManifest,
  group,
  holding,
  manifestName,
  me,
  pull,
  push,
  readStore,
  registryAt,
  request,
  testFaults,
} from './fault-fixtures.ts';

testFaults([
  {
    what: 'a pull without a role',
    act: async () => await pull(registryAt((await holding()).loginServer)),
    identity: application,
    resource: 'contoso.azurecr.io/team/web:1',
    permission: 'AcrPull',
    fix: 'AcrPull',
  },
  {
    what: 'a push with AcrPull',
    act: async () => {
      const registry = await holding();
      azure.assign(me, 'AcrPull', registry.resourceId);
      await push(registryAt(registry.loginServer));
    },
    identity: application,
    resource: 'contoso.azurecr.io/team/web',
    permission: 'AcrPush',
    fix: '(to push: AcrPush)',
  },
  {
    what: 'Contributor on a registry with permissions by repository',
    act: async () => {
      const registry = await holding({ permissions: 'abac' });
      azure.assign(me, 'Contributor', registry.resourceId);
      await pull(registryAt(registry.loginServer));
    },
    identity: application,
    resource: 'contoso.azurecr.io/team/web:1',
    permission: 'Container Registry Repository Reader',
    fix: 'If its permissions are by repository (ABAC)',
  },
  {
    what: 'a repository writer of other repositories',
    act: async () => {
      const registry = await holding({ permissions: 'abac' });
      azure.assign(me, 'Container Registry Repository Writer', registry.resourceId, 'other/');
      await push(registryAt(registry.loginServer));
    },
    identity: application,
    resource: 'contoso.azurecr.io/team/web',
    permission: '(to push: Writer)',
    fix: 'for this repository',
  },
  {
    what: 'a registry of another tenant',
    act: async () => {
      const registry = await holding();
      always(/oauth2\/exchange$/, { status: 401, body: { errors: [{ code: 'UNAUTHORIZED', message: 'no' }] } });
      await pull(registryAt(registry.loginServer));
    },
    identity: application,
    resource: 'Cannot log in to contoso.azurecr.io with',
    permission: 'AcrPull',
    fix: 'Check that the identity is in the tenant of the registry',
  },
  {
    what: 'an identity that Entra refuses, at a registry that wants one',
    act: async () => {
      const registry = await holding();
      await pull(registryAt(registry.loginServer, { ...bySecret(), AZURE_CLIENT_SECRET: azure.world.newSecret() }));
    },
    identity: application,
    resource: 'contoso.azurecr.io/team/web:1',
    fix: 'Set the value of a current client secret',
  },
  {
    what: 'a firewall in front of the registry',
    act: async () => {
      const registry = await holding();
      azure.assign(me, 'AcrPull', registry.resourceId);
      const message = "client with IP '203.0.113.9' is not allowed access. Refer https://aka.ms/acr/firewall.";
      always(/^contoso\.azurecr\.io\/oauth2\/token/, { status: 403, body: { errors: [{ code: 'DENIED', message }] } });
      await pull(registryAt(registry.loginServer));
    },
    identity: application,
    resource: 'contoso.azurecr.io/team/web:1',
    fix: 'in the firewall of the registry',
  },
  {
    what: 'a clock that is off, at a registry',
    act: async () => {
      const registry = await holding();
      const date = new Date(Date.now() - 3_600_000).toUTCString();
      const body = { errors: [{ code: 'UNAUTHORIZED', message: 'authentication required' }] };
      always(/^contoso\.azurecr\.io\/v2\/team/, { status: 401, headers: { date }, body });
      await pull(registryAt(registry.loginServer));
    },
    identity: application,
    resource: 'contoso.azurecr.io/team/web:1',
    fix: "The clock of this machine is 60 minutes ahead of the server's",
  },
  {
    what: 'a registry that throttles to the end',
    act: async () => {
      const registry = await holding();
      azure.assign(me, 'AcrPull', registry.resourceId);
      const body = { errors: [{ code: 'TOOMANYREQUESTS', message: 'too many requests' }] };
      always(/^contoso\.azurecr\.io\/v2\/team/, { status: 429, headers: { 'retry-after': '17' }, body });
      await pull(registryAt(registry.loginServer));
    },
    identity: application,
    resource: 'contoso.azurecr.io/team/web:1',
    fix: 'Lower concurrency, or run again in 17 seconds',
  },
  {
    what: 'a token that is revoked in the middle of a large upload',
    act: async () => {
      const registry = await holding();
      azure.assign(me, 'AcrPush', registry.resourceId);
      azure.world.behavior.largestPut = 1024 * 1024;
      let chunks = 0;
      azure.intercept(({ method, host, url }) => {
        if (host !== 'contoso.azurecr.io') return undefined;
        if (method === 'PATCH') chunks += 1;
        if (chunks < 2) return undefined;
        azure.world.principals.splice(azure.world.principals.indexOf(me), 1);
        azure.world.assignments.length = 0;
        return url.pathname.startsWith('/oauth2') ? undefined : challengeOf(host);
      });
      await push(registryAt(registry.loginServer), Buffer.alloc(40 * 1024 * 1024, 'x'));
    },
    identity: () => `the application ${me.clientId}`,
    resource: 'contoso.azurecr.io/team/web',
    permission: 'AcrPush',
    fix: 'Check that the identity is in the tenant of the registry',
  },
  {
    what: 'the credential of an artifact manifest that was revoked',
    act: async () => {
      azure.assign(me, 'Contributor', group);
      await createManifest('Contributor');
      const [stood] = azure.world.artifactStores;
      const store = await readStore();
      const login = await createStoreCredentialCache(() =>
        fetchStoreCredential(store, request.manifest, arm(), () => {}),
      );
      stood?.registry.scopeMapTokens.splice(0);
      await push(registryAt(login.registry, bySecret(), { get: () => login.credential() }));
    },
    identity: () => `the credential of the ${manifestName}`,
    resource: 'contosocontosostoreacr3964e97abc.azurecr.io/team/web',
    fix: 'Check the user name and the password',
  },
]);
