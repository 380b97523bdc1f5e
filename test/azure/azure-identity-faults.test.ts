import { readRegistryConnections } from '../../src/registry/credentials/registry-connection.ts';
import { readAzureConnection } from '../../src/registry/credentials/service-connection.ts';
import { endpointsOf } from './endpoints.ts';
import { tenant } from './fake-azure.ts';
import {
  always,
  application,
  arm,
  azure,
  become,
  bySecret,
  connectionId,
  connectionName,
  federatedConnection,
  federatedOnGithub,
  me,
  onGithub,
  onGithubName,
  readStore,
  storeName,
  testFaults,
} from './fault-fixtures.ts';
import { devops, github } from './issuers.ts';

testFaults([
  {
    what: 'a wrong client secret',
    act: () => readStore(arm({ ...bySecret(), AZURE_CLIENT_SECRET: azure.world.newSecret() })),
    identity: application,
    resource: storeName,
    fix: 'Set the value of a current client secret',
  },
  {
    what: 'a wrong client id',
    act: () => readStore(arm({ ...bySecret(), AZURE_CLIENT_ID: 'nobody' })),
    identity: () => `the application nobody in tenant ${tenant}`,
    resource: storeName,
    fix: 'Check the client ID and the tenant ID',
  },
  {
    what: 'a wrong tenant',
    act: () => readStore(arm({ ...bySecret(), AZURE_TENANT_ID: '0000' })),
    identity: () => `the application ${me.clientId} in tenant 0000`,
    resource: storeName,
    fix: 'Check the tenant ID',
  },
  {
    what: 'a federated credential for another branch',
    act: () => {
      become(
        azure.addPrincipal({ federated: [{ ...federatedOnGithub, subject: 'repo:contoso/cnf:environment:prod' }] }),
      );
      return readStore(arm(onGithub()));
    },
    identity: onGithubName,
    resource: storeName,
    fix: 'Set the subject of the federated credential',
  },
  {
    what: 'a federated credential for another audience',
    act: () => {
      become(azure.addPrincipal({ federated: [{ ...federatedOnGithub, audience: 'api://other' }] }));
      return readStore(arm(onGithub()));
    },
    identity: onGithubName,
    resource: storeName,
    fix: 'Set the audience of the federated credential',
  },
  {
    what: 'a federated credential of another issuer',
    act: () => {
      become(azure.addPrincipal({ federated: [{ ...federatedOnGithub, issuer: devops.issuer }] }));
      return readStore(arm(onGithub()));
    },
    identity: onGithubName,
    resource: storeName,
    fix: 'with the issuer of this pipeline',
  },
  {
    what: 'an expired federation',
    act: () => {
      const claims = { iss: github.issuer, sub: github.subject, aud: federatedOnGithub.audience };
      always(/idtoken$/, { status: 200, body: { value: azure.world.sign(claims, -600) } });
      return readStore(arm(onGithub()));
    },
    identity: onGithubName,
    resource: storeName,
    fix: 'Check the clock of the machine and run again',
  },
  {
    what: 'a job without id-token: write',
    act: () => readStore(arm({ ...onGithub(), ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'old' })),
    identity: () => `Cannot use the identity ${onGithubName()}: Cannot get an OIDC token from GitHub`,
    resource: storeName,
    permission: 'id-token: write',
    fix: 'Check that the job has the permission id-token: write',
  },
  {
    what: 'a service connection whose federated credential is not for it',
    act: () => readStore(arm({ SYSTEM_OIDCREQUESTURI: devops.requestUri }, federatedConnection())),
    identity: connectionName,
    resource: storeName,
    fix: 'Add a federated credential to the application with the issuer of this pipeline',
  },
  {
    what: 'a service connection without SYSTEM_OIDCREQUESTURI',
    act: () => readStore(arm({}, federatedConnection())),
    identity: () =>
      `Cannot use the identity ${connectionName()}: Cannot get an OIDC token from Azure DevOps: SYSTEM_OIDCREQUESTURI`,
    resource: storeName,
    fix: 'Update the agent, or use a service connection with a secret',
  },
  {
    what: 'a service connection without a token of the job',
    act: () => readStore(arm({ SYSTEM_OIDCREQUESTURI: devops.requestUri }, federatedConnection(''))),
    identity: () =>
      `Cannot use the identity ${connectionName()}: Cannot get an OIDC token from Azure DevOps: the agent provides no job token`,
    resource: storeName,
    fix: 'allow the job to use its token',
  },
  {
    what: 'a service connection that the pipeline may not use',
    act: () => readStore(arm({ SYSTEM_OIDCREQUESTURI: devops.requestUri }, federatedConnection('another-job-token'))),
    identity: () => `Cannot use the identity ${connectionName()}: Cannot get an OIDC token from Azure DevOps`,
    resource: storeName,
    permission: 'Pipeline permissions of the connection',
    fix: 'Check that this pipeline is allowed to use the service connection',
  },
  {
    what: 'a docker registry connection in azureSubscription',
    act: async () => {
      const login = { registry: 'https://ghcr.io', username: 'u', password: azure.world.newSecret() };
      return readAzureConnection(connectionId, endpointsOf(connectionId, 'UsernamePassword', login));
    },
    identity: () => `"${connectionId}"`,
    resource: 'a service connection to a docker registry',
    fix: 'Set a service connection of the kind Azure Resource Manager',
  },
  {
    what: 'an Azure connection in registryConnections',
    act: async () => readRegistryConnections([connectionId], federatedConnection()),
    identity: () => `"${connectionId}"`,
    resource: 'a service connection to Azure Resource Manager',
    fix: 'Set a service connection of the kind Docker Registry',
  },
]);
