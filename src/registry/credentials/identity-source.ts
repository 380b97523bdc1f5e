import type { AzureConnection } from './service-connection.ts';

/** A source of an identity in Microsoft Entra ID. */
export type IdentitySource =
  | { readonly kind: 'connection'; readonly connection: AzureConnection }
  | { readonly kind: 'secret'; readonly tenantId: string; readonly clientId: string; readonly secret: string }
  | {
      readonly kind: 'certificate-file';
      readonly tenantId: string;
      readonly clientId: string;
      readonly path: string;
      readonly password: string | undefined;
    }
  | { readonly kind: 'token-file'; readonly tenantId: string; readonly clientId: string; readonly path: string }
  | {
      readonly kind: 'github';
      readonly tenantId: string;
      readonly clientId: string;
      /** Undefined if the job is missing the permission to request a token. */
      readonly request: { readonly url: string; readonly token: string } | undefined;
    }
  | { readonly kind: 'az' }
  | { readonly kind: 'managed-identity'; readonly clientId: string | undefined };

export interface IdentityInputs {
  /** The service connection in `azure-subscription`, in Azure Pipelines. */
  readonly connection: AzureConnection | undefined;
  /** The inputs `azure-client-id` and `azure-tenant-id`. */
  readonly clientId: string | undefined;
  readonly tenantId: string | undefined;
}

/**
 * The identity sources of a run. A configured identity is the only source, so that a wrong secret is an error.
 * Otherwise the session of az, then the managed identity. Variables as in Azure's SDKs (EnvironmentCredential,
 * WorkloadIdentityCredential).
 */
export function identitySources(
  inputs: IdentityInputs,
  environment: Readonly<Record<string, string | undefined>>,
): readonly IdentitySource[] {
  if (inputs.connection) return [{ kind: 'connection', connection: inputs.connection }];
  const set = (name: string) => environment[name] || undefined;
  const clientId = inputs.clientId ?? set('AZURE_CLIENT_ID');
  const tenantId = inputs.tenantId ?? set('AZURE_TENANT_ID');
  const configured = clientId && tenantId ? configuredSource(clientId, tenantId, inputs, set) : undefined;
  return configured ? [configured] : [{ kind: 'az' }, { kind: 'managed-identity', clientId }];
}

function configuredSource(
  clientId: string,
  tenantId: string,
  inputs: IdentityInputs,
  set: (name: string) => string | undefined,
): IdentitySource | undefined {
  const application = { clientId, tenantId };
  const secret = set('AZURE_CLIENT_SECRET');
  if (secret) return { kind: 'secret', ...application, secret };
  const path = set('AZURE_CLIENT_CERTIFICATE_PATH');
  if (path) {
    const password = set('AZURE_CLIENT_CERTIFICATE_PASSWORD');
    return { kind: 'certificate-file', ...application, path, password };
  }
  const file = set('AZURE_FEDERATED_TOKEN_FILE');
  if (file) return { kind: 'token-file', ...application, path: file };
  const url = set('ACTIONS_ID_TOKEN_REQUEST_URL');
  const token = set('ACTIONS_ID_TOKEN_REQUEST_TOKEN');
  if (url && token) return { kind: 'github', ...application, request: { url, token } };
  // The inputs of the action are for OIDC tokens of GitHub, for which the job has no permission.
  const isGithub = inputs.clientId !== undefined && set('GITHUB_ACTIONS') === 'true';
  return isGithub ? { kind: 'github', ...application, request: undefined } : undefined;
}

/** For messages. Never a secret. */
export function describeIdentitySource(source: IdentitySource): string {
  const application = ({ clientId, tenantId }: { readonly clientId: string; readonly tenantId: string }) =>
    `application ${clientId} in tenant ${tenantId}`;
  switch (source.kind) {
    case 'connection':
      return source.connection.kind === 'managed-identity'
        ? `the service connection ${source.connection.id} (the managed identity of the agent)`
        : `the service connection ${source.connection.id} (${application(source.connection)})`;
    case 'secret':
      return `the ${application(source)} (AZURE_CLIENT_SECRET)`;
    case 'certificate-file':
      return `the ${application(source)} (AZURE_CLIENT_CERTIFICATE_PATH)`;
    case 'token-file':
      return `the ${application(source)} (AZURE_FEDERATED_TOKEN_FILE)`;
    case 'github':
      return `the ${application(source)} (GitHub's OpenID Connect)`;
    case 'az':
      return 'the session of az';
    case 'managed-identity':
      return source.clientId === undefined
        ? "the machine's managed identity"
        : `the managed identity ${source.clientId}`;
  }
}
