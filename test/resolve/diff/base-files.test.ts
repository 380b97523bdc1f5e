import { chmod, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openBaseCheckout } from '../../../src/resolve/diff/base-checkout.ts';
import { checkoutBase } from '../../../src/resolve/diff/base-files.ts';
import { type BaseRef, resolveBaseRef } from '../../../src/resolve/diff/base-ref.ts';
import { type Checkout, cloneShallow, gitEnvironment, makeRepository } from '../../support/checkout.ts';
import { faultOf } from '../../support/faults.ts';
import { testFolder } from '../../support/folder.ts';
import { withSubmodule } from '../../support/submodules.ts';

async function open(checkout: Checkout, base: BaseRef, folder = '.', more: Record<string, string> = {}) {
  const found = await openBaseCheckout(base, {
    environment: { ...gitEnvironment, ...more },
    folder: join(checkout.folder, folder),
    signal: new AbortController().signal,
  });
  const tree = await checkoutBase(found, await testFolder());
  onTestFinished(() => tree.remove());
  return tree;
}

async function named(ref: string): Promise<BaseRef> {
  const base = await resolveBaseRef(ref, {});
  if (!base) throw new Error('a base was named');
  return base;
}

function ofPullRequest(sha: string, branch = 'main'): BaseRef {
  return { label: branch, commit: sha, names: [`refs/remotes/origin/${branch}`, branch], givenBy: 'event' };
}

/** `main` with one chart version, and a branch `change` with another. */
async function twoBranches() {
  const repository = await makeRepository();
  const base = await repository.commit({ 'charts/a/Chart.yaml': 'before', 'charts/old/Chart.yaml': 'old' });
  await repository.git('switch', '--quiet', '--create', 'change');
  await repository.commit({ 'charts/a/Chart.yaml': 'after', 'charts/old/Chart.yaml': undefined });
  return { repository, base };
}

test('the files of the base are read apart, and the checkout stays as it is', async () => {
  const { repository } = await twoBranches();
  await writeFile(join(repository.folder, 'charts/a/Chart.yaml'), 'not committed');
  const before = await repository.git('status', '--porcelain');
  const tree = await open(repository, await named('main'));
  expect(await readFile(join(tree.workFolder, 'charts/a/Chart.yaml'), 'utf8')).toBe('before');
  expect(await readFile(join(tree.workFolder, 'charts/old/Chart.yaml'), 'utf8')).toBe('old');
  expect(await repository.git('status', '--porcelain')).toBe(before);
  expect(await repository.git('worktree', 'list')).not.toContain('\n');
  expect(await readFile(join(repository.folder, 'charts/a/Chart.yaml'), 'utf8')).toBe('not committed');
  await tree.remove();
  await expect(stat(tree.files)).rejects.toMatchObject({ code: 'ENOENT' });
});

test('a run in a folder of the checkout has the same folder of the base', async () => {
  const { repository } = await twoBranches();
  const tree = await open(repository, await named('main'), 'charts');
  expect(await readdir(tree.workFolder)).toEqual(['a', 'old']);
  expect(tree.checkout).toBe(repository.folder);
});

test('what others merged into the base meanwhile is not the doing of this change', async () => {
  const { repository } = await twoBranches();
  await repository.git('switch', '--quiet', 'main');
  await repository.commit({ 'charts/a/Chart.yaml': 'of someone else' });
  await repository.git('switch', '--quiet', 'change');
  const tree = await open(repository, await named('main'));
  expect(await readFile(join(tree.workFolder, 'charts/a/Chart.yaml'), 'utf8')).toBe('before');
});

test('a branch is read from the remote', async () => {
  const { repository } = await twoBranches();
  const base = await repository.git('rev-parse', 'main');
  await repository.git('update-ref', 'refs/remotes/origin/main', base);
  await repository.git('branch', '--force', 'main', 'change');
  const tree = await open(repository, await named('main'));
  expect(await readFile(join(tree.workFolder, 'charts/a/Chart.yaml'), 'utf8')).toBe('before');
});

describe('a shallow checkout', () => {
  test('fetches its missing commit from its remote', async () => {
    const { repository, base } = await twoBranches();
    const shallow = await cloneShallow(repository, 'change');
    await expect(shallow.git('cat-file', '-e', base)).rejects.toThrow();
    const tree = await open(shallow, ofPullRequest(base));
    expect(await readFile(join(tree.workFolder, 'charts/a/Chart.yaml'), 'utf8')).toBe('before');
  });

  test('gets the branch where the host names no commit', async () => {
    const { repository } = await twoBranches();
    const shallow = await cloneShallow(repository, 'change');
    const base = await resolveBaseRef(undefined, { SYSTEM_PULLREQUEST_TARGETBRANCH: 'refs/heads/main' });
    if (!base) throw new Error('a base was named');
    const tree = await open(shallow, base);
    expect(await readFile(join(tree.workFolder, 'charts/a/Chart.yaml'), 'utf8')).toBe('before');
  });

  test.each(['there is no remote', 'the remote is gone'])('fails with advice on what to set when %s', async (why) => {
    const { repository, base } = await twoBranches();
    const shallow = await cloneShallow(repository, 'change');
    if (why === 'there is no remote') await shallow.git('remote', 'remove', 'origin');
    else await shallow.git('remote', 'set-url', 'origin', `file://${await testFolder()}/gone`);
    const fault = await faultOf(open(shallow, ofPullRequest(base)));
    expect(fault.code).toBe('process-failed');
    expect(fault.message).toContain('Cannot fetch the base main, which is not in this checkout: ');
    expect(fault.advice).toContain('fetch-depth: 0');
  });
});

test('a base-ref that does not exist is reported with advice to check its spelling', async () => {
  const { repository } = await twoBranches();
  const fault = await faultOf(open(repository, await named('mian')));
  expect(fault).toMatchObject({ code: 'invalid-input', advice: expect.stringContaining('spelling of base-ref') });
});

test('outside of a checkout the error explains what is required', async () => {
  const fault = await faultOf(
    openBaseCheckout(await named('main'), {
      environment: { ...gitEnvironment, GIT_CEILING_DIRECTORIES: '/' },
      folder: await testFolder(),
      signal: new AbortController().signal,
    }),
  );
  expect(fault.message).toContain('not a git repository');
});

test('nothing of the repository is started, and nothing is left out', async () => {
  const { repository } = await twoBranches();
  await repository.git('switch', '--quiet', 'main');
  await repository.commit({ '.gitattributes': 'charts export-ignore\n' });
  const traces = await testFolder();
  await mkdir(join(repository.folder, '.git/hooks'), { recursive: true });
  const hooks = ['post-checkout', 'post-index-change', 'reference-transaction', 'pre-auto-gc'];
  for (const hook of [...hooks, 'fsmonitor']) {
    const path = join(repository.folder, '.git/hooks', hook);
    await writeFile(path, `#!/bin/sh\ntouch '${join(traces, hook)}'\n`);
    await chmod(path, 0o755);
  }
  await repository.git('config', 'core.fsmonitor', '.git/hooks/fsmonitor');
  const tree = await open(repository, await named('main'));
  expect(await readdir(tree.files)).toContain('charts');
  expect(await readdir(traces)).toEqual([]);
});

test('variables that lead git to another repository lead nowhere', async () => {
  const { repository } = await twoBranches();
  const other = await makeRepository();
  await other.commit({ 'other.txt': 'other' });
  const tree = await open(repository, await named('main'), '.', { GIT_DIR: join(other.folder, '.git') });
  expect(await readdir(tree.files)).toEqual(['charts']);
});

test('a link that takes the place of a submodule does not lead git to another checkout', async () => {
  const { server, library, opened, merge } = await withSubmodule();
  const checkout = await cloneShallow(server, 'main');
  await checkout.git('fetch', '--quiet', 'origin', merge);
  await checkout.git('checkout', '--quiet', merge);
  const other = await cloneShallow(library, 'main');
  await rm(join(checkout.folder, 'library'), { recursive: true });
  await symlink(other.folder, join(checkout.folder, 'library'));
  const tree = await open(checkout, ofPullRequest(opened));
  expect(await readdir(join(tree.files, 'library')).catch(() => [])).toEqual([]);
  expect(await readdir(join(other.folder, '.git'))).not.toContain('FETCH_HEAD');
});
