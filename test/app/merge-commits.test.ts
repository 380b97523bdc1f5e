/** What a pull request brings, where its host checks out the merge of it into a base that others have changed. */
import { describe, expect, test } from 'vitest';
import { runChange } from '../support/change-run.ts';
import { chart, checkOut, makePullRequest, onHosts, variablesFor } from '../support/pull-request.ts';

/** The change moves one image; meanwhile others add a chart with an image that no registry has. */
const advanced = async () =>
  await makePullRequest({
    before: { ...chart('app', 'a:good1'), ...chart('other', 'o:fine') },
    change: chart('app', 'a:good2'),
    others: chart('other', 'o:missing'),
  });

describe.each(onHosts)('on %s', (host) => {
  test.each([1, 2, 'all'] as const)(
    'what others merged is not part of a change that is checked out with depth %s',
    async (depth) => {
      const pull = await advanced();
      const { folder: work } = await checkOut(pull, pull.merge, depth);
      const run = await runChange({ host, work, env: await variablesFor(host, pull) });
      expect(run.changes, run.log).toEqual(['moved a:good1 -> a:good2']);
    },
  );
});

describe.each(onHosts)('with fail-on-new, on %s', (host) => {
  test('a kept work folder with an old branch main does not blame the change for what others merged', async () => {
    const pull = await advanced();
    const { folder: work, git } = await checkOut(pull, pull.merge, 1);
    await git('fetch', '--quiet', '--depth=1', 'origin', pull.opened);
    await git('update-ref', 'refs/remotes/origin/main', pull.opened);
    const run = await runChange({ host, work, env: await variablesFor(host, pull) });
    expect(run.changes, run.log).toEqual(['moved a:good1 -> a:good2']);
  });

  test.each([1, 2] as const)(
    'what others merge after the host made the merge is not part of a change without an event, with depth %s',
    async (depth) => {
      const pull = await advanced();
      await pull.server.commit(chart('other', 'o:later'));
      const { folder: work } = await checkOut(pull, pull.merge, depth);
      const env = await variablesFor(host, pull);
      const run = await runChange({ host, work, env: { ...env, GITHUB_EVENT_PATH: '' } });
      expect(run.changes, run.log).toEqual(['moved a:good1 -> a:good2']);
    },
  );
});

test('pull_request_target with the default branch checked out is an error, and nothing is compared', async () => {
  const pull = await advanced();
  const { folder: work } = await checkOut(pull, pull.base, 1);
  const target = { GITHUB_EVENT_NAME: 'pull_request_target', GITHUB_REF: 'refs/heads/main', GITHUB_SHA: pull.base };
  const run = await runChange({ host: 'github', work, env: await variablesFor('github', pull, target) });
  expect([run.codes, run.changes, run.exit], run.log).toEqual([['not-the-change'], undefined, 2]);
});
