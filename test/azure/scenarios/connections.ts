/** Service connections of Azure Pipelines: to Azure Resource Manager, and to single registries. */
import { endpointsOf } from '../endpoints.ts';
import type { StandInRegistry } from '../fake-azure.ts';
import { subscription, tenant } from '../fake-azure.ts';
import { devops } from '../issuers.ts';
import { application, audience, certificateIn, mover } from './logins.ts';
import { arriving, type Login, type Mirror, onAzure, type Place, type Scenario } from './scenario.ts';

const connection = '5a1c6e2f-0000-4000-8000-000000000001';

/** One for each of the two registries. */
const registryConnections = ['6b2d7f30-0000-4000-8000-00000000000a', '6b2d7f30-0000-4000-8000-00000000000b'];

/** To Azure Resource Manager. */
function toAzure(scheme: string, parameters: Readonly<Record<string, string>>): Login {
  const data = { subscriptionid: subscription, environment: 'AzureCloud' };
  return {
    inputs: { 'azure-subscription': connection },
    env: endpointsOf(connection, scheme, { tenantid: tenant, ...parameters }, data),
  };
}

/** To the registries of a mirror, each by its own connection. */
function toRegistries(
  { source, target }: Mirror,
  scheme: string,
  parametersOf: (registry: StandInRegistry, id: string) => Readonly<Record<string, string>>,
  data: Readonly<Record<string, string>>,
): Login {
  const each = registryConnections.map((id, index) =>
    endpointsOf(id, scheme, parametersOf(index === 0 ? source : target, id), data),
  );
  return { inputs: { 'registry-connections': registryConnections.join('\n') }, env: Object.assign({}, ...each) };
}

const ofAzure = { registrytype: 'ACR' };

/** An application that the tokens of these connections stand for. */
function federated({ azure }: Place, made: Mirror, ids: readonly string[]): string {
  const subjects = ids.map((id) => ({ issuer: devops.issuer, subject: devops.subjectOf(id), audience }));
  return mover(azure, made, { federated: subjects }).clientId;
}

const fromAgent = { SYSTEM_OIDCREQUESTURI: devops.requestUri };

export const connections: readonly Scenario[] = [
  {
    name: 'an image is copied by a service connection: Azure Resource Manager, workload identity federation',
    ways: onAzure,
    prepare: (place) =>
      arriving(place, (_, made) => {
        const serviceprincipalid = federated(place, made, [connection]);
        const login = toAzure('WorkloadIdentityFederation', { serviceprincipalid });
        return { ...login, env: { ...login.env, ...fromAgent } };
      }),
  },
  {
    name: 'an image is copied by a service connection: Azure Resource Manager, a secret',
    ways: onAzure,
    prepare: (place) =>
      arriving(place, (_, made) => {
        const { id, secret } = application(place.azure, made);
        const parameters = { serviceprincipalid: id, authenticationtype: 'spnKey', serviceprincipalkey: secret };
        return toAzure('ServicePrincipal', parameters);
      }),
  },
  {
    name: 'an image is copied by a service connection: Azure Resource Manager, a certificate',
    ways: onAzure,
    prepare: (place) =>
      arriving(place, (_, made) => {
        const { certificate, pem } = certificateIn(place.machine);
        place.azure.world.secret(pem.slice(0, pem.indexOf('-----END PRIVATE KEY')));
        const { clientId } = mover(place.azure, made, { certificate });
        const proof = { authenticationtype: 'spnCertificate', serviceprincipalcertificate: pem };
        return toAzure('ServicePrincipal', { serviceprincipalid: clientId, ...proof });
      }),
  },
  {
    name: 'an image is copied by a service connection: Azure Resource Manager, the managed identity of the agent',
    ways: onAzure,
    prepare: (place) =>
      arriving(place, (_, made) => {
        place.azure.local.machine = mover(place.azure, made);
        return toAzure('ManagedServiceIdentity', {});
      }),
  },
  {
    name: 'an image is copied by a service connection: Docker Registry, Others: user name and password',
    ways: onAzure,
    prepare: (place) =>
      arriving(place, (_, made) => {
        const { id, secret } = application(place.azure, made);
        const login = (registry: StandInRegistry) => ({
          registry: `https://${registry.loginServer}/`,
          username: id,
          password: secret,
        });
        return toRegistries(made, 'UsernamePassword', login, { registrytype: 'Others' });
      }),
  },
  {
    name: 'an image is copied by a service connection: Docker Registry, Azure Container Registry by an application',
    ways: onAzure,
    prepare: (place) =>
      arriving(place, (_, made) => {
        const { id, secret } = application(place.azure, made);
        const login = ({ loginServer }: StandInRegistry) => ({
          loginserver: loginServer,
          tenantid: tenant,
          serviceprincipalid: id,
          serviceprincipalkey: secret,
        });
        return toRegistries(made, 'ServicePrincipal', login, ofAzure);
      }),
  },
  {
    name: 'an image is copied by a service connection: Docker Registry, Azure Container Registry by workload identity federation',
    ways: onAzure,
    prepare: (place) =>
      arriving(place, (_, made) => {
        const serviceprincipalid = federated(place, made, registryConnections);
        const login = ({ loginServer }: StandInRegistry) => ({
          loginserver: loginServer,
          tenantid: tenant,
          serviceprincipalid,
        });
        const given = toRegistries(made, 'WorkloadIdentityFederation', login, ofAzure);
        return { ...given, env: { ...given.env, ...fromAgent } };
      }),
  },
  {
    name: 'an image is copied by a service connection: Docker Registry, Azure Container Registry by the managed identity of the agent',
    ways: onAzure,
    prepare: (place) =>
      arriving(place, (_, made) => {
        place.azure.local.machine = mover(place.azure, made);
        const login = ({ loginServer }: StandInRegistry) => ({ loginserver: loginServer, tenantid: tenant });
        return toRegistries(made, 'ManagedServiceIdentity', login, ofAzure);
      }),
  },
];
