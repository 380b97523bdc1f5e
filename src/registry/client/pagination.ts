import * as v from 'valibot';
import { ChartImagesError } from '../../core/errors.ts';
import type { BufferedResponse } from '../../core/http/response.ts';
import type { RegistryClient, RegistryRequest } from './client.ts';
import { responseError, withOperation } from './registry-error.ts';

/** As many as registries give at once; some give all whatever is asked. */
const entriesPerPage = 1000;

/** The longest tag has 128 characters, and some registries give tens of thousands in one page. */
const maximumPageBytes = 8 * 1024 * 1024;

export type PageRequest = Pick<RegistryRequest, 'repository' | 'operation' | 'scope'> & { readonly target: string };

/** What happens to a list of more pages: advice needs only the first ones, and whoever needs all must know. */
export type Extent = 'first-pages' | 'all';

/**
 * Reads a list page by page (OCI distribution-spec, "Listing Tags"), at most so many pages. Throws `registry-answer` for a list
 * that has more where all of it is wanted.
 */
export async function listAllPages<S extends v.GenericSchema>(
  client: RegistryClient,
  { target, ...asked }: PageRequest,
  { maximumPages, extent = 'first-pages' }: { readonly maximumPages: number; readonly extent?: Extent },
  shape: S,
  entriesOf: (page: v.InferOutput<S>) => readonly string[],
): Promise<readonly string[]> {
  const entries: string[] = [];
  let next: string | URL | undefined = `${target}?n=${entriesPerPage}`;
  for (let pages = 0; next !== undefined && pages < maximumPages; pages += 1) {
    const request = { ...asked, method: 'GET', target: next, access: 'pull' } as const;
    const { response } = await client.read(request, maximumPageBytes);
    if (response.status !== 200) throw withOperation(asked.operation, responseError(response));
    entries.push(...entriesOf(readPage(response, shape, asked.operation)));
    next = nextPage(response);
  }
  if (next !== undefined && extent === 'all') throw tooLong(client.host, asked.operation, maximumPages);
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
    throw new ChartImagesError(
      'registry-answer',
      `Could not ${operation}: ${response.url.host} answers with no list.`,
      {
        advice: 'Check that this is a container registry.',
        cause,
      },
    );
  }
}

function tooLong(host: string, operation: string, maximumPages: number): ChartImagesError {
  const message = `Cannot ${operation}: ${host} lists more than ${maximumPages} pages.`;
  return new ChartImagesError('registry-answer', message, { advice: 'Delete tags that are no longer needed.' });
}

/** `Link: </v2/a/tags/list?last=x&n=1000>; rel="next"` (RFC 8288), relative in most registries. */
export function nextPage({ headers, url }: BufferedResponse): URL | undefined {
  const link = /<([^>]*)>\s*;\s*rel="?next"?/.exec(headers['link'] ?? '')?.[1];
  return link !== undefined && URL.canParse(link, url.href) ? new URL(link, url) : undefined;
}
