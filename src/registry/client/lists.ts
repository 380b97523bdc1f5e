import * as v from 'valibot';
import { ChartImagesError } from '../../core/errors.ts';
import type { BufferedResponse } from '../../core/http/response.ts';
import type { RegistryClient } from './client.ts';
import type { RegistryRequest } from './guarded-exchange.ts';
import { responseError, withOperation } from './registry-error.ts';

/** The maximum of most registries. Some ignore it and return all entries. */
const entriesPerPage = 1000;

/** A tag has up to 128 characters, and some registries return tens of thousands in one page. */
const maximumPageBytes = 8 * 1024 * 1024;

type PageRequest = Pick<RegistryRequest, 'repository' | 'operation' | 'scope'> & { readonly target: string };

/** `all`: a list with more pages than the limit is an error. */
type Extent = 'first-pages' | 'all';

/**
 * Reads the pages of a list (OCI distribution-spec, "Listing Tags"), at most `maximumPages`. Throws `registry-answer`
 * if there are more and the extent is `all`.
 */
async function listAllPages<S extends v.GenericSchema>(
  client: RegistryClient,
  { target, ...common }: PageRequest,
  { maximumPages, extent = 'first-pages' }: { readonly maximumPages: number; readonly extent?: Extent },
  shape: S,
  entriesOf: (page: v.InferOutput<S>) => readonly string[],
): Promise<readonly string[]> {
  const entries: string[] = [];
  let next: string | URL | undefined = `${target}?n=${entriesPerPage}`;
  for (let pages = 0; next !== undefined && pages < maximumPages; pages += 1) {
    const request = { ...common, method: 'GET', target: next, access: 'pull' } as const;
    const { response } = await client.read(request, maximumPageBytes);
    if (response.status !== 200) throw withOperation(common.operation, responseError(response));
    entries.push(...entriesOf(readPage(response, shape, common.operation)));
    next = nextPage(response);
  }
  if (next !== undefined && extent === 'all') throw tooLong(client.host, common.operation, maximumPages);
  return entries;
}

function readPage<S extends v.GenericSchema>(
  response: BufferedResponse,
  shape: S,
  operation: string,
): v.InferOutput<S> {
  try {
    return v.parse(shape, JSON.parse(response.bytes.toString('utf8')));
  } catch (cause) {
    const message = `Cannot ${operation}: the response from ${response.url.host} is not a list.`;
    throw new ChartImagesError('registry-answer', message, {
      advice: 'Check that this is a container registry.',
      cause,
    });
  }
}

function tooLong(host: string, operation: string, maximumPages: number): ChartImagesError {
  const message = `Cannot ${operation}: the list of ${host} has more than ${maximumPages} pages.`;
  return new ChartImagesError('registry-answer', message, { advice: 'Delete tags that are no longer needed.' });
}

/** `Link: </v2/a/tags/list?last=x&n=1000>; rel="next"` (RFC 8288), relative in most registries. */
export function nextPage({ headers, url }: BufferedResponse): URL | undefined {
  const link = /<([^>]*)>\s*;\s*rel="?next"?/.exec(headers['link'] ?? '')?.[1];
  return link !== undefined && URL.canParse(link, url.href) ? new URL(link, url) : undefined;
}

/** Registries of companies have some thousand repositories. More are not worth the requests. */
const maximumCatalogPages = 5;

const catalogShape = v.object({ repositories: v.nullish(v.array(v.string()), []) });

/**
 * The repositories on the first pages of `_catalog` (distribution). Throws if the registry doesn't support or allow
 * it.
 */
export async function listRepositories(client: RegistryClient): Promise<readonly string[]> {
  const request = {
    target: '/v2/_catalog',
    scope: 'registry:catalog:*',
    repository: '',
    operation: `list the repositories of ${client.host}`,
  };
  const limits = { maximumPages: maximumCatalogPages };
  return await listAllPages(client, request, limits, catalogShape, ({ repositories }) => repositories ?? []);
}

/** Build repositories have more tags. Suggestions don't need them. */
const maximumTagPages = 5;

/** Registries return null for a repository whose tags were all deleted. */
const tagsShape = v.object({ tags: v.nullish(v.array(v.string()), []) });

/** In the order of the registry. Throws `not-found` if the repository doesn't exist. */
export async function listTags(
  client: RegistryClient,
  repository: string,
  extent: Extent = 'first-pages',
): Promise<readonly string[]> {
  const request = {
    target: `/v2/${repository}/tags/list`,
    repository,
    operation: `list the tags of ${client.host}/${repository}`,
  };
  const limits = { maximumPages: maximumTagPages, extent };
  return await listAllPages(client, request, limits, tagsShape, ({ tags }) => tags ?? []);
}
