/** Which commit a merge is compared with, if not the host but somebody else could have made the merge. */
import { describe, expect, test } from 'vitest';
import { runChange } from '../../support/change-run.ts';
import {
  chart,
  checkOut,
  makePullRequest,
  onHosts,
  type PullRequest,
  variablesFor,
} from '../../support/pull-request.ts';

const rules = (ignored: string) => ({
  'chart-images.yaml': `ignore:\n  - image: ${ignored}\n    reason: As agreed.\n`,
});

const advanced = async () =>
  await makePullRequest({
    before: { ...chart('app', 'a:good1'), ...chart('other', 'o:fine'), ...rules('nothing') },
    change: chart('app', 'a:good2'),
    others: chart('other', 'o:missing'),
  });

/** What the author pushes after the event: a merge of the change into a commit with rules of the author's own. */
async function forgedMerge({ server, head, base }: PullRequest): Promise<string> {
  await server.git('switch', '--quiet', '--detach', base);
  const evil = await server.commit({ ...chart('app', 'a:good2'), ...rules('a') });
  await server.git('merge', '--quiet', '--no-ff', '--strategy=ours', '--message=Merge', head);
  const merge = await server.git('rev-parse', 'HEAD');
  expect(await server.git('rev-parse', 'HEAD^1')).toBe(evil);
  await server.git('branch', '--force', 'change', merge);
  await server.git('switch', '--quiet', 'main');
  return merge;
}

describe.each(onHosts)('a merge that the host does not name, on %s', (host) => {
  test.each([1, 2, 'all'] as const)(
    'is compared with the base branch and judged by its rules if its author made the first parent, at depth %s',
    async (depth) => {
      const pull = await advanced();
      const forged = await forgedMerge(pull);
      const { folder: work } = await checkOut(pull, forged, depth);
      const run = await runChange({ host, work, env: await variablesFor(host, pull) });
      expect(run.changes, run.log).toEqual(['moved a:good1 -> a:good2']);
      expect(run.codes).toContain('policy-changed');
    },
  );

  test.each([1, 2, 'all'] as const)(
    'is compared with its first parent if that is on the base branch, at depth %s',
    async (depth) => {
      const pull = await advanced();
      const { folder: work } = await checkOut(pull, pull.merge, depth);
      await pull.server.commit(chart('other', 'o:later'));
      const unnamed =
        host === 'azure'
          ? { BUILD_SOURCEBRANCH: 'refs/heads/main' }
          : { GITHUB_REF: 'refs/heads/main', GITHUB_SHA: pull.opened };
      const run = await runChange({ host, work, env: await variablesFor(host, pull, unnamed) });
      expect(run.changes, run.log).toEqual(['moved a:good1 -> a:good2']);
      expect(run.report.delta?.commit).toBe(pull.base);
    },
  );
});
