import type { AzureConnection } from './service-connection.ts';

/** One way in which a run may have an identity in Microsoft Entra ID. */
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
      /** Undefined: the job lacks the permission to ask for a token. */
      readonly request: { readonly url: string; readonly token: string } | undefined;
    }
  | { readonly kind: 'az' }
  | { readonly kind: 'managed-identity'; readonly clientId: string | undefined };

export interface IdentityInputs {
  /** What `azure-subscription` names in Azure Pipelines. */
  readonly connection: AzureConnection | undefined;
  /** The inputs `azure-client-id` and `azure-tenant-id`. */
  readonly clientId: string | undefined;
  readonly tenantId: string | undefined;
}

/**
 * Which identity a run has: the one place that decides it. What the user configured decides alone, so that a wrong secret is
 * reported and not skipped; without that, the user that is logged in with az (azure/login, AzureCLI@2, a person), and then the
 * machine's own identity. Variables are those of Azure's libraries (EnvironmentCredential, WorkloadIdentityCredential).
 */
export function identitySources(
  inputs: IdentityInputs,
  environment: Readonly<Record<string, string | undefined>>,
): readonly IdentitySource[] {
  if (inputs.connection) return [{ kind: 'connection', connection: inputs.connection }];
  const set = (name: string) => environment[name] || undefined;
  const clientId = inputs.clientId ?? set('AZURE_CLIENT_ID');
  const tenantId = inputs.tenantId ?? set('AZURE_TENANT_ID');
  const named = clientId && tenantId ? configuredSource(clientId, tenantId, inputs, set) : undefined;
  return named ? [named] : [{ kind: 'az' }, { kind: 'managed-identity', clientId }];
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
  // Named in the action's own inputs it can only be meant for GitHub's tokens, which the job may not ask for.
  const isMeant = inputs.clientId !== undefined && set('GITHUB_ACTIONS') === 'true';
  return isMeant ? { kind: 'github', ...application, request: undefined } : undefined;
}

/** How messages name the identity: who it is, never what proves it. */
export function describeIdentitySource(way: IdentitySource): string {
  const application = ({ clientId, tenantId }: { readonly clientId: string; readonly tenantId: string }) =>
    `application ${clientId} in tenant ${tenantId}`;
  switch (way.kind) {
    case 'connection':
      return way.connection.kind === 'managed-identity'
        ? `the service connection ${way.connection.id} (the managed identity of the agent)`
        : `the service connection ${way.connection.id} (${application(way.connection)})`;
    case 'secret':
      return `the ${application(way)} (AZURE_CLIENT_SECRET)`;
    case 'certificate-file':
      return `the ${application(way)} (AZURE_CLIENT_CERTIFICATE_PATH)`;
    case 'token-file':
      return `the ${application(way)} (AZURE_FEDERATED_TOKEN_FILE)`;
    case 'github':
      return `the ${application(way)} (GitHub's OpenID Connect)`;
    case 'az':
      return 'the session of az';
    case 'managed-identity':
      return way.clientId === undefined ? "the machine's managed identity" : `the managed identity ${way.clientId}`;
  }
}
