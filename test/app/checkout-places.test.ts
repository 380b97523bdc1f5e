/**
 * Checkouts that are not the root of the workspace, or belong to another user, as actions/checkout and the agent make
 * them.
 */
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findExecutable } from '../../src/core/process/find-executable.ts';
import { runChange } from '../support/change-run.ts';
import { testFolder } from '../support/folder.ts';
import { chart, checkOut, makePullRequest, onHosts, variablesFor } from '../support/pull-request.ts';

const advanced = async () =>
  await makePullRequest({
    before: { ...chart('app', 'a:good1'), ...chart('other', 'o:fine') },
    change: chart('app', 'a:good2'),
    others: chart('other', 'o:missing'),
  });

/** Git that finds another owner at every checkout, as in the container of a job; real git but for that. */
async function gitOfAnotherUser(): Promise<string> {
  const folder = await testFolder();
  const git = await findExecutable('git', process.env);
  await writeFile(join(folder, 'git'), `#!/bin/sh\nGIT_TEST_ASSUME_DIFFERENT_OWNER=1 exec '${git}' "$@"\n`);
  await chmod(join(folder, 'git'), 0o755);
  return folder;
}

describe.each(onHosts)('on %s', (host) => {
  test('a checkout in a folder of the workspace is compared with its base', async () => {
    const pull = await advanced();
    const work = await testFolder();
    await mkdir(join(work, 'source/app'), { recursive: true });
    await checkOut(pull, pull.merge, 2, join(work, 'source/app'));
    const run = await runChange({
      host,
      work,
      env: await variablesFor(host, pull),
      inputs: { charts: 'source/app/charts/*' },
    });
    expect(run.changes, run.log).toEqual(['moved a:good1 -> a:good2']);
  });

  test('of several checkouts, the one of the pull request is compared', async () => {
    const pull = await advanced();
    const tools = await makePullRequest({ before: { 'values.yaml': 'a: 1\n' }, change: { 'values.yaml': 'a: 2\n' } });
    const work = await testFolder();
    for (const name of ['a-tools', 'self']) await mkdir(join(work, name));
    await checkOut(tools, tools.base, 1, join(work, 'a-tools'));
    await checkOut(pull, pull.merge, 2, join(work, 'self'));
    const run = await runChange({
      host,
      work,
      env: await variablesFor(host, pull),
      inputs: { charts: 'self/charts/*', values: 'a-tools/values.yaml' },
    });
    expect(run.changes, run.log).toEqual(['moved a:good1 -> a:good2']);
  });

  test('a workspace of another user, as in the container of a job, is compared with its base', async () => {
    const pull = await advanced();
    const { folder: work } = await checkOut(pull, pull.merge, 2);
    const run = await runChange({
      host,
      work,
      env: await variablesFor(host, pull),
      path: [await gitOfAnotherUser()],
    });
    expect(run.changes, run.log).toEqual(['moved a:good1 -> a:good2']);
  });
});

test('in a terminal, a checkout of another user is left alone, with advice how to trust it', async () => {
  const pull = await advanced();
  const { folder: work } = await checkOut(pull, pull.merge, 2);
  const inputs = { 'base-ref': pull.base };
  const run = await runChange({ host: 'terminal', work, env: {}, inputs, path: [await gitOfAnotherUser()] });
  expect(run.codes, run.log).toEqual(['process-failed']);
  expect(run.report.errors[0]?.advice).toContain('safe.directory');
});
