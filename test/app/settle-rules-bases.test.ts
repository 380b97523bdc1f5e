/** What a run says about its base: none, another one than the exact one, or a checkout without the change. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { eventFile, runChange } from '../support/change-run.ts';
import { gitOfAnotherUser } from '../support/other-owner.ts';
import { chart, checkOut, makePullRequest, mergeOnServer, onHosts, variablesFor } from '../support/pull-request.ts';
import { checkOutSubmodules, withSubmodule } from '../support/submodules.ts';

const advanced = async () =>
  await makePullRequest({
    before: { ...chart('app', 'a:good1'), ...chart('other', 'o:fine') },
    change: chart('app', 'a:good2'),
    others: chart('other', 'o:missing'),
  });

describe('pull_request_target', () => {
  const target = (base: string) => ({
    GITHUB_EVENT_NAME: 'pull_request_target',
    GITHUB_REF: 'refs/heads/main',
    GITHUB_SHA: base,
  });

  test.each([{}, { 'base-ref': 'main' }])(
    'with the default branch checked out is an error, also with the inputs %j',
    async (inputs) => {
      const pull = await advanced();
      const { folder: work } = await checkOut(pull, pull.base, 'all');
      const run = await runChange({
        host: 'github',
        work,
        env: await variablesFor('github', pull, target(pull.base)),
        inputs,
      });
      expect([run.codes, run.changes, run.exit], run.log).toEqual([['not-the-change'], undefined, 2]);
      expect(run.report.errors[0]?.advice).toContain('Use the event pull_request.');
    },
  );

  test('with the merge checked out compares the change', async () => {
    const pull = await advanced();
    const { folder: work } = await checkOut(pull, pull.merge, 2);
    const run = await runChange({ host: 'github', work, env: await variablesFor('github', pull, target(pull.base)) });
    expect(run.changes, run.log).toEqual(['moved a:good1 -> a:good2']);
  });
});

test.each(onHosts)('a checkout of another commit than the change is an error on %s', async (host) => {
  const pull = await advanced();
  const { folder: work } = await checkOut(pull, pull.opened, 1);
  const run = await runChange({ host, work, env: await variablesFor(host, pull) });
  expect([run.codes, run.exit], run.log).toEqual([['not-the-change'], 2]);
  expect(run.report.errors[0]?.message).toContain(`the checkout has commit ${pull.opened.slice(0, 7)}`);
});

test('a checkout of another repository has no base, and says in which repository the pull request is', async () => {
  const [pull, other] = [await advanced(), await advanced()];
  const { folder: work } = await checkOut(other, other.base, 1);
  const env = { ...(await variablesFor('github', pull)), GITHUB_REPOSITORY: 'owner/app' };
  const run = await runChange({ host: 'github', work, env });
  expect([run.codes, run.changes, run.exit], run.log).toEqual([['no-base'], undefined, 0]);
  expect(run.report.findings[0]?.message).toContain(
    'the pull request is in owner/app, and this checkout is of another',
  );
});

test.each(onHosts)(
  'where the base can be neither found nor fetched, an old branch of the checkout is used, and named, on %s',
  async (host) => {
    const pull = await advanced();
    const { folder: work, git } = await checkOut(pull, pull.merge, 1);
    await git('fetch', '--quiet', '--depth=1', 'origin', pull.opened);
    await git('update-ref', 'refs/remotes/origin/main', pull.opened);
    await git('remote', 'set-url', 'origin', 'file:///nonexistent');
    const env = await variablesFor(host, pull);
    const run = await runChange({ host, work, env });
    expect(run.report.delta, run.log).toMatchObject({ base: 'main', commit: pull.opened });
    const wanted = `${pull.base.slice(0, 7)} could not be fetched`;
    expect(run.summary).toContain(
      `Not the exact base: compared with main at ${pull.opened.slice(0, 7)}, because ${wanted}`,
    );
  },
);

test('the summary names the branch and the commit that were compared', async () => {
  const pull = await advanced();
  const { folder: work } = await checkOut(pull, pull.merge, 2);
  const run = await runChange({ host: 'github', work, env: await variablesFor('github', pull) });
  expect(run.summary).toContain(`Compared with \`main\` at \`${pull.base.slice(0, 7)}\`: 1 image moved`);
});

describe('a push', () => {
  const push = async (before: string, ref = 'refs/heads/main') => ({
    GITHUB_EVENT_NAME: 'push',
    GITHUB_EVENT_PATH: await eventFile({ before, ref }),
    GITHUB_REF: ref,
  });

  test('is compared with the commit before it, if base-ref is before', async () => {
    const pull = await advanced();
    const { folder: work } = await checkOut(pull, pull.base, 1);
    const inputs = { 'base-ref': 'before' };
    const run = await runChange({ host: 'github', work, env: await push(pull.opened), inputs });
    expect(run.changes, run.log).toEqual(['moved o:fine -> o:missing']);
    expect(run.summary).toContain(`Compared with \`${pull.opened.slice(0, 7)}\`: 1 image moved`);
  });

  test('that creates a branch has no base, and one line says so', async () => {
    const pull = await advanced();
    const { folder: work } = await checkOut(pull, pull.base, 1);
    const inputs = { 'base-ref': 'before' };
    const run = await runChange({ host: 'github', work, env: await push('0'.repeat(40)), inputs });
    expect(run.changes).toBeUndefined();
    expect(run.summary).toContain('Not compared with a base, because the push created the branch.');
  });

  test('with fail-on-new has no base, and one line says that every finding counts as new', async () => {
    const pull = await advanced();
    const { folder: work } = await checkOut(pull, pull.base, 1);
    const run = await runChange({
      host: 'github',
      work,
      env: await push(pull.opened),
      inputs: { 'fail-on-new': 'true' },
    });
    expect(run.summary).toContain('because the run is not for a pull request, and base-ref is not set');
    expect(run.summary).toContain('Every finding counts as new.');
  });
});

test('a submodule whose earlier commit cannot be fetched is named, and its findings do not fail the run', async () => {
  const pull = await withSubmodule();
  const checkout = await checkOut(pull, pull.merge, 2);
  await checkOutSubmodules(checkout);
  await checkout.git('-C', 'library', 'remote', 'set-url', 'origin', 'file:///nonexistent');
  const run = await runChange({
    host: 'github',
    work: checkout.folder,
    env: await variablesFor('github', pull),
    inputs: { charts: 'library/charts/*' },
  });
  expect([run.codes, run.changes, run.exit], run.log).toEqual([['no-base'], [], 0]);
  expect(run.report.findings[0]?.message).toMatch(/^Cannot read the submodule library of main: .* Nothing in it was/);
});

test('what a change has in place of a submodule counts as new, and a finding says so', async () => {
  const pull = await withSubmodule();
  await pull.server.git('switch', '--quiet', 'change');
  await pull.server.git('rm', '--quiet', '--force', 'library');
  const copied = Object.entries(chart('lib', 'l:2')).map(([path, text]) => [`library/${path}`, text]);
  const head = await pull.server.commit(Object.fromEntries(copied));
  await pull.server.git('switch', '--quiet', 'main');
  await rm(join(pull.server.folder, 'library'), { recursive: true, force: true });
  await pull.server.git('reset', '--quiet', '--hard');
  const merge = await mergeOnServer(pull.server, head);
  const { folder: work } = await checkOut(pull, merge, 2);
  const env = await variablesFor('github', { ...pull, head, merge });
  const run = await runChange({ host: 'github', work, env, inputs: { charts: 'library/charts/*' } });
  expect([run.codes, run.changes], run.log).toEqual([['no-base'], ['added l:2']]);
  expect(run.report.findings[0]?.message).toBe(
    'Cannot read the submodule library of main: the change has files of its own in its place. Everything in it counts as new.',
  );
});

test('in a terminal, a checkout of another user is left alone, with advice how to trust it', async () => {
  const pull = await advanced();
  const { folder: work } = await checkOut(pull, pull.merge, 2);
  const inputs = { 'base-ref': pull.base };
  const run = await runChange({ host: 'terminal', work, env: {}, inputs, path: [await gitOfAnotherUser()] });
  expect(run.codes, run.log).toEqual(['process-failed']);
  expect(run.report.errors[0]?.advice).toContain('safe.directory');
});
