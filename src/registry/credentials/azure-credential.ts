import type { TokenCredential } from '@azure/identity';
import { ChartImagesError } from '../../core/errors.ts';
import { readText } from '../../core/files/read-file.ts';
import type { HttpClient } from '../../core/http/http.ts';
import type { AzureCloud } from './azure-cloud.ts';
import { azureHttpClient } from './azure-http-client.ts';
import type { CredentialTrace } from './credential-trace.ts';
import type { IdentitySource } from './identity-source.ts';
import { azurePipelinesOidcToken, githubOidcToken } from './oidc-token.ts';
import { type ServiceEndpoints, systemAccessToken } from './service-connection.ts';
import { unfilledAdvice, unfilledCause, unfilledMacro } from './unfilled-macro.ts';

/** A credential of the SDK. */
export interface AzureCredential {
  readonly credential: TokenCredential;
  /** The error of our transport in the last request, which the SDK replaces by an error of its own. */
  lastError(): ChartImagesError | undefined;
}

export interface CredentialOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly endpoints: ServiceEndpoints;
  readonly http: () => Promise<HttpClient>;
  readonly trace: CredentialTrace;
}

/** A certificate with key and chain, or an assertion, has some kilobytes. */
const maximumFileBytes = 256 * 1024;

/** Loads the SDK lazily, because it is large. */
export async function createAzureCredential(
  source: IdentitySource,
  cloud: AzureCloud,
  options: CredentialOptions,
): Promise<AzureCredential> {
  const http = await options.http();
  const azure = await import('@azure/identity');
  let lastError: ChartImagesError | undefined;
  const recordError = async <T>(work: () => Promise<T>): Promise<T> => {
    lastError = undefined;
    try {
      return await work();
    } catch (error) {
      if (error instanceof ChartImagesError) lastError = error;
      throw error;
    }
  };
  const transport = azureHttpClient(http, recordError);
  // The transport has its own retries.
  const common = { authorityHost: cloud.authority, httpClient: transport, retryOptions: { maxRetries: 0 } };
  const masked = (assertion: string): string => {
    options.trace.mask(assertion);
    return assertion;
  };
  const federated = (tenantId: string, clientId: string, assertion: () => Promise<string>): TokenCredential =>
    new azure.ClientAssertionCredential(
      tenantId,
      clientId,
      () => recordError(async () => masked(await assertion())),
      common,
    );
  const managed = (clientId: string | undefined): TokenCredential =>
    new azure.ManagedIdentityCredential({ ...common, ...(clientId === undefined ? {} : { clientId }) });

  const credentialOf = async (): Promise<TokenCredential> => {
    for (const name of source.kind === 'secret' || source.kind === 'certificate-file' ? secretVariables : []) {
      const unfilled = unfilledMacro(options.environment, name);
      if (unfilled !== undefined) throw unfilledSecret(name, unfilled);
    }
    switch (source.kind) {
      case 'secret':
        return new azure.ClientSecretCredential(source.tenantId, source.clientId, masked(source.secret), common);
      case 'certificate-file': {
        const password = source.password === undefined ? {} : { certificatePassword: masked(source.password) };
        const certificate = masked(await readSecretOrCertificate('AZURE_CLIENT_CERTIFICATE_PATH', source.path));
        return new azure.ClientCertificateCredential(
          source.tenantId,
          source.clientId,
          { certificate, ...password },
          common,
        );
      }
      case 'token-file':
        // Read each time, because the file is replaced before the token expires.
        return federated(source.tenantId, source.clientId, async () =>
          (await readSecretOrCertificate('AZURE_FEDERATED_TOKEN_FILE', source.path)).trim(),
        );
      case 'github':
        return federated(source.tenantId, source.clientId, async () => {
          if (source.request === undefined) throw noPermission();
          return await githubOidcToken(http, source.request, cloud.federationAudience);
        });
      case 'managed-identity':
        return managed(source.clientId);
      case 'connection':
        return connected(source.connection);
      case 'az':
        throw new Error('the session of az does not use the SDK');
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
          return await azurePipelinesOidcToken(http, { uri, systemAccessToken: masked(token), connection: id });
        });
      }
    }
  };
  return { credential: await credentialOf(), lastError: () => lastError };
}

const secretVariables = ['AZURE_CLIENT_SECRET', 'AZURE_CLIENT_CERTIFICATE_PATH', 'AZURE_CLIENT_CERTIFICATE_PASSWORD'];

function unfilledSecret(name: string, macro: string): ChartImagesError {
  return new ChartImagesError('azure-identity', `Cannot log in to Azure with ${name}: ${unfilledCause(macro)}.`, {
    advice: unfilledAdvice,
  });
}

/** Reads a certificate or an assertion from the file in a variable. */
async function readSecretOrCertificate(variable: string, path: string): Promise<string> {
  try {
    return await readText(path, { maximumBytes: maximumFileBytes, name: `${path} (${variable})` });
  } catch (error) {
    if (!(error instanceof ChartImagesError)) throw error;
    throw new ChartImagesError('azure-identity', error.message, { advice: error.advice, cause: error });
  }
}

function noPermission(): ChartImagesError {
  return new ChartImagesError('azure-identity', 'Cannot get an OIDC token from GitHub: the permission is missing.', {
    advice:
      'Add "permissions: id-token: write" to the job. Pull requests from forks never have it: remove the Azure inputs for them.',
  });
}

function noJobToken(): ChartImagesError {
  return new ChartImagesError(
    'azure-identity',
    'Cannot get an OIDC token from Azure DevOps: the agent provides no job token (System.AccessToken).',
    { advice: 'Update the agent, and allow the job to use its token. Or use a service connection with a secret.' },
  );
}

function noRequestUri(): ChartImagesError {
  return new ChartImagesError(
    'azure-identity',
    'Cannot get an OIDC token from Azure DevOps: SYSTEM_OIDCREQUESTURI is missing.',
    {
      advice: 'Update the agent, or use a service connection with a secret.',
    },
  );
}
