import { ChartImagesError } from '../../core/errors.ts';
import type { HttpClient } from '../../core/http/http.ts';
import { redactUrl } from '../../core/http/redact.ts';
import type { BufferedResponse, HttpRequest } from '../../core/http/response.ts';
import type { AzureCloud } from '../credentials/azure-cloud.ts';
import type { AzureIdentity } from '../credentials/azure-identity.ts';
import { armResponseError, isMissing } from './arm-error.ts';

/** Resources and pages of lists have some kilobytes; a manifest with a thousand artifacts a few hundred. */
const maximumResponseBytes = 8 * 1024 * 1024;

/** A hundred resources come with a page. */
const maximumPages = 100;

export interface ArmOptions {
  readonly http: HttpClient;
  readonly identity: AzureIdentity;
  readonly cloud: AzureCloud;
}

export interface ArmRequest {
  readonly method: 'GET' | 'PUT' | 'POST';
  /** A path with its api-version, or a URL that Azure gave. */
  readonly target: string | URL;
  readonly body?: object;
  /** What is being done, as it completes "Azure does not …": `let the run read the artifact store a`. */
  readonly operation: string;
}

/** Azure Resource Manager as the run's identity sees it. All verbs throw for answers that are no success. */
export interface ArmClient {
  readonly cloud: AzureCloud;
  /** For messages. */
  identity(): string;
  /** An answer of 2xx, as it is. */
  send(request: ArmRequest): Promise<BufferedResponse>;
  /** The resource; undefined when it is not there. */
  read(target: string, operation: string): Promise<unknown>;
  /** All entries of a list. */
  list(target: string, operation: string): Promise<readonly unknown[]>;
}

export function createArmClient({ http, identity, cloud }: ArmOptions): ArmClient {
  const base = new URL(cloud.resourceManager);

  const ask = async ({ method, target, body, operation }: ArmRequest): Promise<BufferedResponse> => {
    const url = new URL(target, base);
    if (url.origin !== base.origin) throw crossHostLinkError(base, url);
    const token = await identity.token('resource-manager', cloud).catch((error: unknown) => {
      throw error instanceof ChartImagesError ? withIdentityContext(operation, error) : error;
    });
    if (token === undefined) throw noIdentityError(operation);
    const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
    const request: HttpRequest =
      body === undefined
        ? // Azure wants a length of every POST.
          { method, url, headers, ...(method === 'GET' ? {} : { body: '' }) }
        : { method, url, headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(body) };
    return await http.fetch(request, maximumResponseBytes);
  };
  const send = async (request: ArmRequest): Promise<BufferedResponse> => {
    const response = await ask(request);
    if (response.status >= 300) throw armResponseError(response, request.operation, identity.name());
    return response;
  };
  return {
    cloud,
    identity: () => identity.name(),
    send,
    async read(target, operation) {
      const response = await ask({ method: 'GET', target, operation });
      if (isMissing(response)) return undefined;
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
    // Without the parser's words: they quote the text, which may hold a token.
    throw new ChartImagesError(
      'azure-operation',
      `${redactUrl(response.url)} answers with something that is not JSON.`,
      {
        advice: 'Check that no proxy stands between this machine and Azure Resource Manager.',
      },
    );
  }
}

/** The token of the run must not go to a host that a response names. */
function crossHostLinkError(base: URL, url: URL): ChartImagesError {
  return new ChartImagesError(
    'azure-operation',
    `${base.host} goes on at ${redactUrl(url)}, which is another server.`,
    {
      advice: 'Check that no proxy stands between this machine and Azure Resource Manager.',
    },
  );
}

/** Entra's refusal does not know what the token is wanted for. */
function withIdentityContext(operation: string, error: ChartImagesError): ChartImagesError {
  const { code, message, advice } = error;
  if (code === 'cancelled') return error;
  return new ChartImagesError(code, `Could not ${operation}: ${message}`, { advice, cause: error });
}

function noIdentityError(operation: string): ChartImagesError {
  return new ChartImagesError('azure-identity', `The run has no Azure identity, which it needs to ${operation}.`, {
    advice:
      'Azure Pipelines: set azureSubscription to a service connection. GitHub: use azure/login before this step, or azure-client-id and azure-tenant-id with "permissions: id-token: write". Terminal: az login.',
  });
}
