import * as v from 'valibot';
import { ChartImagesError } from '../errors.ts';
import type { WholeAnswer } from '../http/answer.ts';
import type { RegistryClient } from './client.ts';
import { during, refused } from './refusal.ts';

/** As many as registries give at once; some give all whatever is asked. */
const tagsPerPage = 1000;

/** The longest tag has 128 characters, and some registries give tens of thousands in one page. */
const maximumPageBytes = 8 * 1024 * 1024;

/** Build repositories with more than this exist; nobody reads a suggestion out of them. */
const maximumPages = 50;

/** Registries write null for a repository whose tags were all deleted. */
const pageShape = v.object({ tags: v.nullish(v.array(v.string()), []) });

/** The tags of a repository as the registry orders them, at most those of the first pages. Throws `not-found` without it. */
export async function listTags(client: RegistryClient, repository: string): Promise<readonly string[]> {
  const operation = `list the tags of ${client.host}/${repository}`;
  const tags: string[] = [];
  let target: string | URL | undefined = `/v2/${repository}/tags/list?n=${tagsPerPage}`;
  for (let pages = 0; target !== undefined && pages < maximumPages; pages += 1) {
    const request = { method: 'GET', target, repository, access: 'pull', operation } as const;
    const { answer } = await client.read(request, maximumPageBytes);
    if (answer.status !== 200) throw during(operation, refused(answer));
    tags.push(...tagsOf(answer, operation));
    target = nextPage(answer);
  }
  return tags;
}

function tagsOf(answer: WholeAnswer, operation: string): readonly string[] {
  try {
    return v.parse(pageShape, JSON.parse(answer.bytes.toString('utf8'))).tags ?? [];
  } catch (cause) {
    throw new ChartImagesError('registry-answer', `Could not ${operation}: ${answer.url.host} answers with no list.`, {
      advice: 'Check that this is a container registry.',
      cause,
    });
  }
}

/** `Link: </v2/a/tags/list?last=x&n=1000>; rel="next"` (RFC 8288), relative in most registries. */
function nextPage({ headers, url }: WholeAnswer): URL | undefined {
  const link = /<([^>]*)>\s*;\s*rel="?next"?/.exec(headers['link'] ?? '')?.[1];
  return link !== undefined && URL.canParse(link, url.href) ? new URL(link, url) : undefined;
}
