import type { TokenCredential } from '@azure/identity';
import { ChartImagesError } from '../../core/errors.ts';
import { readText } from '../../core/files/read-file.ts';
import type { HttpClient } from '../../core/http/http.ts';
import type { AzureCloud } from './azure-cloud.ts';
import { azureHttpClient } from './azure-http-client.ts';
import type { IdentitySource } from './identity-source.ts';
import { azurePipelinesOidcToken, githubOidcToken } from './oidc-token.ts';
import { type ServiceEndpoints, systemAccessToken } from './service-connection.ts';

/** A credential of the identity library. */
export interface AzureCredential {
  readonly credential: TokenCredential;
  /** What our own part in the last request ran into, which the library hides behind an error of its own. */
  fault(): ChartImagesError | undefined;
}

export interface CredentialOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly endpoints: ServiceEndpoints;
  readonly http: () => Promise<HttpClient>;
  readonly mask: (secret: string) => void;
}

/** Certificates with their keys and chains, and assertions, have some kilobytes. */
const maximumProofBytes = 256 * 1024;

/** Loads the library, which is large and needed only where Azure is asked for something. */
export async function createAzureCredential(
  way: IdentitySource,
  cloud: AzureCloud,
  options: CredentialOptions,
): Promise<AzureCredential> {
  const http = await options.http();
  const azure = await import('@azure/identity');
  let issue: ChartImagesError | undefined;
  const reported = async <T>(work: () => Promise<T>): Promise<T> => {
    issue = undefined;
    try {
      return await work();
    } catch (error) {
      if (error instanceof ChartImagesError) issue = error;
      throw error;
    }
  };
  const transport = azureHttpClient(http, reported);
  // The transport tries again itself.
  const common = { authorityHost: cloud.authority, httpClient: transport, retryOptions: { maxRetries: 0 } };
  const masked = (assertion: string): string => {
    options.mask(assertion);
    return assertion;
  };
  const federated = (tenantId: string, clientId: string, assertion: () => Promise<string>): TokenCredential =>
    new azure.ClientAssertionCredential(
      tenantId,
      clientId,
      () => reported(async () => masked(await assertion())),
      common,
    );
  const managed = (clientId: string | undefined): TokenCredential =>
    new azure.ManagedIdentityCredential({ ...common, ...(clientId === undefined ? {} : { clientId }) });

  const credentialOf = async (): Promise<TokenCredential> => {
    switch (way.kind) {
      case 'secret':
        return new azure.ClientSecretCredential(way.tenantId, way.clientId, masked(way.secret), common);
      case 'certificate-file': {
        const password = way.password === undefined ? {} : { certificatePassword: masked(way.password) };
        const certificate = masked(await readSecretOrCertificate('AZURE_CLIENT_CERTIFICATE_PATH', way.path));
        return new azure.ClientCertificateCredential(way.tenantId, way.clientId, { certificate, ...password }, common);
      }
      case 'token-file':
        // Read each time: its writer replaces it before the old token expires.
        return federated(way.tenantId, way.clientId, async () =>
          (await readSecretOrCertificate('AZURE_FEDERATED_TOKEN_FILE', way.path)).trim(),
        );
      case 'github':
        return federated(way.tenantId, way.clientId, async () => {
          if (way.request === undefined) throw noPermission();
          return await githubOidcToken(http, way.request, cloud.federationAudience);
        });
      case 'managed-identity':
        return managed(way.clientId);
      case 'connection':
        return connected(way.connection);
      case 'az':
        throw new Error('az is asked without the library');
    }
  };
  const connected = (connection: Extract<IdentitySource, { kind: 'connection' }>['connection']): TokenCredential => {
    const { tenantId, clientId, id } = connection;
    switch (connection.kind) {
      case 'secret':
        return new azure.ClientSecretCredential(tenantId, clientId, masked(connection.secret), common);
      case 'certificate':
        return new azure.ClientCertificateCredential(
          tenantId,
          clientId,
          { certificate: masked(connection.pem) },
          common,
        );
      case 'managed-identity':
        return managed(undefined);
      case 'workload-identity': {
        const uri = options.environment['SYSTEM_OIDCREQUESTURI'];
        return federated(tenantId, clientId, async () => {
          if (connection.idToken !== undefined) return connection.idToken;
          if (!uri) throw noRequestUri();
          const token = systemAccessToken(options.endpoints);
          if (token === '') throw noJobToken();
          return await azurePipelinesOidcToken(http, { uri, jobToken: masked(token), connection: id });
        });
      }
    }
  };
  return { credential: await credentialOf(), fault: () => issue };
}

/** What an identity proves itself with, from the file that a variable names. */
async function readSecretOrCertificate(variable: string, path: string): Promise<string> {
  try {
    return await readText(path, { maximumBytes: maximumProofBytes, name: `${path} (${variable})` });
  } catch (error) {
    if (!(error instanceof ChartImagesError)) throw error;
    throw new ChartImagesError('azure-identity', error.message, { advice: error.advice, cause: error });
  }
}

function noPermission(): ChartImagesError {
  return new ChartImagesError('azure-identity', 'This job may not ask GitHub for a token of its own.', {
    advice:
      'Give the job "permissions: id-token: write"; pull requests from forks never have it, so leave the Azure inputs out for them.',
  });
}

function noJobToken(): ChartImagesError {
  return new ChartImagesError(
    'azure-identity',
    'This agent gives the task no token of its job (System.AccessToken), with which it would ask for one of the connection.',
    { advice: 'Update the agent, and let the job use its token; or use a service connection with a secret.' },
  );
}

function noRequestUri(): ChartImagesError {
  return new ChartImagesError('azure-identity', 'This agent offers no OpenID Connect (SYSTEM_OIDCREQUESTURI).', {
    advice: 'Update the agent, or use a service connection with a secret.',
  });
}
