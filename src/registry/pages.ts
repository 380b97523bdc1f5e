import * as v from 'valibot';
import { ChartImagesError } from '../errors.ts';
import type { WholeAnswer } from '../http/answer.ts';
import type { RegistryClient, RegistryRequest } from './client.ts';
import { during, refused } from './refusal.ts';

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
export async function listPages<S extends v.GenericSchema>(
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
    const { answer } = await client.read(request, maximumPageBytes);
    if (answer.status !== 200) throw during(asked.operation, refused(answer));
    entries.push(...entriesOf(readPage(answer, shape, asked.operation)));
    next = nextPage(answer);
  }
  if (next !== undefined && extent === 'all') throw tooLong(client.host, asked.operation, maximumPages);
  return entries;
}

function readPage<S extends v.GenericSchema>(answer: WholeAnswer, shape: S, operation: string): v.InferOutput<S> {
  try {
    return v.parse(shape, JSON.parse(answer.bytes.toString('utf8')));
  } catch (cause) {
    throw new ChartImagesError('registry-answer', `Could not ${operation}: ${answer.url.host} answers with no list.`, {
      advice: 'Check that this is a container registry.',
      cause,
    });
  }
}

function tooLong(host: string, operation: string, maximumPages: number): ChartImagesError {
  const message = `Cannot ${operation}: ${host} lists more than ${maximumPages} pages.`;
  return new ChartImagesError('registry-answer', message, { advice: 'Delete tags that are no longer needed.' });
}

/** `Link: </v2/a/tags/list?last=x&n=1000>; rel="next"` (RFC 8288), relative in most registries. */
export function nextPage({ headers, url }: WholeAnswer): URL | undefined {
  const link = /<([^>]*)>\s*;\s*rel="?next"?/.exec(headers['link'] ?? '')?.[1];
  return link !== undefined && URL.canParse(link, url.href) ? new URL(link, url) : undefined;
}
