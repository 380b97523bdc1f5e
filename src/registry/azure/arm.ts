import { ChartImagesError } from '../../core/errors.ts';
import type { HttpClient } from '../../core/http/http.ts';
import { redactUrl } from '../../core/http/redact.ts';
import type { BufferedResponse, HttpRequest } from '../../core/http/response.ts';
import type { AzureCloud } from '../credentials/azure-cloud.ts';
import type { AzureIdentity } from '../credentials/azure-identity.ts';
import { armResponseError, isNotFoundResponse } from './arm-error.ts';

/** A resource or a page of a list has some kilobytes, a manifest with a thousand artifacts a few hundred. */
const maximumResponseBytes = 8 * 1024 * 1024;

/** A page has a hundred resources. */
const maximumPages = 100;

export interface ArmOptions {
  readonly http: HttpClient;
  readonly identity: AzureIdentity;
  readonly cloud: AzureCloud;
}

export interface ArmRequest {
  readonly method: 'GET' | 'PUT' | 'POST';
  /** A path with its api-version, or a URL of a response. */
  readonly target: string | URL;
  readonly body?: object;
  /** Completes "Cannot …": `read the artifact store a`. */
  readonly operation: string;
}

/** Azure Resource Manager, with the identity of the run. Throws for responses that are not a success. */
export interface ArmClient {
  readonly cloud: AzureCloud;
  /** For messages. */
  identity(): string;
  send(request: ArmRequest): Promise<BufferedResponse>;
  /** Undefined if the resource does not exist. */
  read(target: string, operation: string): Promise<unknown>;
  /** All entries of a list. */
  list(target: string, operation: string): Promise<readonly unknown[]>;
}

export function createArmClient({ http, identity, cloud }: ArmOptions): ArmClient {
  const base = new URL(cloud.resourceManager);

  const request = async ({ method, target, body, operation }: ArmRequest): Promise<BufferedResponse> => {
    const url = new URL(target, base);
    if (url.origin !== base.origin) throw crossHostLinkError(base, url);
    const token = await identity.token('resource-manager', cloud).catch((error: unknown) => {
      throw error instanceof ChartImagesError ? withIdentityContext(operation, error) : error;
    });
    if (token === undefined) throw noIdentityError(operation);
    const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
    const httpRequest: HttpRequest =
      body === undefined
        ? // Azure requires a Content-Length of every POST.
          { method, url, headers, ...(method === 'GET' ? {} : { body: '' }) }
        : { method, url, headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(body) };
    return await http.fetch(httpRequest, maximumResponseBytes);
  };
  const send = async (armRequest: ArmRequest): Promise<BufferedResponse> => {
    const response = await request(armRequest);
    if (response.status >= 300) throw armResponseError(response, armRequest.operation, identity.name());
    return response;
  };
  return {
    cloud,
    identity: () => identity.name(),
    send,
    async read(target, operation) {
      const response = await request({ method: 'GET', target, operation });
      if (isNotFoundResponse(response)) return undefined;
      if (response.status !== 200) throw armResponseError(response, operation, identity.name());
      return parseJson(response);
    },
    async list(target, operation) {
      const entries: unknown[] = [];
      let next: string | URL | undefined = target;
      for (let pages = 0; next !== undefined && pages < maximumPages; pages += 1) {
        const page: Page = pageOf(parseJson(await send({ method: 'GET', target: next, operation })));
        entries.push(...page.value);
        next = page.nextLink === undefined ? undefined : new URL(page.nextLink, base);
      }
      return entries;
    },
  };
}

interface Page {
  readonly value: readonly unknown[];
  readonly nextLink: string | undefined;
}

function pageOf(json: unknown): Page {
  if (typeof json !== 'object' || json === null) return { value: [], nextLink: undefined };
  const { value, nextLink }: { value?: unknown; nextLink?: unknown } = json;
  return {
    value: Array.isArray(value) ? value : [],
    nextLink: typeof nextLink === 'string' && URL.canParse(nextLink) ? nextLink : undefined,
  };
}

export function parseJson(response: BufferedResponse): unknown {
  try {
    return JSON.parse(response.bytes.toString('utf8'));
  } catch {
    // Without the cause: it quotes the text, which may contain a token.
    throw new ChartImagesError('azure-operation', `${redactUrl(response.url)} returned a body that is not JSON.`, {
      advice: 'Check that no proxy changes the responses of Azure Resource Manager.',
    });
  }
}

/** The token of the run must not be sent to a host that a response names. */
function crossHostLinkError(base: URL, url: URL): ChartImagesError {
  return new ChartImagesError(
    'azure-operation',
    `${base.host} returned a link to a different server: ${redactUrl(url)}.`,
    { advice: 'Check that no proxy changes the responses of Azure Resource Manager.' },
  );
}

/** Errors of Microsoft Entra ID do not contain the operation. */
function withIdentityContext(operation: string, error: ChartImagesError): ChartImagesError {
  const { code, message, advice } = error;
  if (code === 'cancelled') return error;
  return new ChartImagesError(code, `Cannot ${operation}: ${message}`, { advice, cause: error });
}

function noIdentityError(operation: string): ChartImagesError {
  return new ChartImagesError('azure-identity', `Cannot ${operation}: the run has no Azure identity.`, {
    advice:
      'Azure Pipelines: set azureSubscription to a service connection. GitHub: use azure/login before this step, or azure-client-id and azure-tenant-id with "permissions: id-token: write". Terminal: run az login.',
  });
}
