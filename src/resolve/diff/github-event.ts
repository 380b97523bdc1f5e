import * as v from 'valibot';
import { readText } from '../../core/files/read-file.ts';

/** GitHub truncates events at 25 MB. */
const maximumEventBytes = 32 * 1024 * 1024;

// docs.github.com, "Webhook events and payloads". All events about a pull request have the key `pull_request`.
const eventShape = v.object({
  pull_request: v.optional(
    v.object({
      base: v.object({ sha: v.string(), ref: v.string() }),
      head: v.optional(v.object({ sha: v.optional(v.string()) })),
      merged: v.optional(v.nullable(v.boolean())),
      merge_commit_sha: v.optional(v.nullable(v.string())),
    }),
  ),
  merge_group: v.optional(v.object({ base_sha: v.string(), base_ref: v.string() })),
  /** Of a push: the commit of the branch before it. Zeros if the push created the branch. */
  before: v.optional(v.string()),
  ref: v.optional(v.string()),
});

export type GithubEvent = v.InferOutput<typeof eventShape>;

/** Undefined for an event without these keys in this form, and for an unreadable file. */
export async function readGithubEvent(path: string | undefined): Promise<GithubEvent | undefined> {
  if (!path) return undefined;
  try {
    const text = await readText(path, { maximumBytes: maximumEventBytes });
    return v.parse(eventShape, JSON.parse(text));
  } catch {
    // GITHUB_BASE_REF may still name the branch.
    return undefined;
  }
}
