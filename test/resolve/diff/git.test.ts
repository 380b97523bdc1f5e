/** A checkout whose configuration names programs, as whoever can write into it would plant them. Real git reads it. */

import { chmod, cp, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ChartImagesError } from '../../../src/core/errors.ts';
import { openBaseCheckout } from '../../../src/resolve/diff/base-checkout.ts';
import { checkoutBase } from '../../../src/resolve/diff/base-files.ts';
import type { BaseRef } from '../../../src/resolve/diff/base-ref.ts';
import { refNameError } from '../../../src/resolve/diff/ref-name.ts';
import { makeCertificates } from '../../support/certificates.ts';
import { type Checkout, checkoutAt, cloneShallow, gitEnvironment, makeRepository } from '../../support/checkout.ts';
import { testFolder } from '../../support/folder.ts';
import { listen } from '../../support/listen.ts';

/**
 * A checkout of one commit whose base has to be fetched and has a file that a filter is for; and a program that leaves
 * a trace.
 */
async function shallowCheckout() {
  const repository = await makeRepository();
  const base = await repository.commit({
    '.gitattributes': '*.bin filter=planted\n',
    'a.bin': 'before',
    'a.txt': 'before',
  });
  await repository.git('switch', '--quiet', '--create', 'change');
  await repository.commit({ 'a.txt': 'after' });
  const checkout = await cloneShallow(repository, 'change');
  const traces = await testFolder();
  const program = join(await testFolder(), 'planted');
  await writeFile(program, `#!/bin/sh\ntouch '${traces}/started'\nexit 1\n`);
  await chmod(program, 0o755);
  return { repository, checkout, base, program, traces };
}

/** Reads the base as a run does, as far as git gets; gives the fault that ended it. */
async function readBase(
  { folder }: Checkout,
  sha: string,
  environment: Record<string, string> = {},
): Promise<ChartImagesError | undefined> {
  const name: BaseRef = { label: 'main', commit: sha, names: ['refs/remotes/origin/main', 'main'], givenBy: 'event' };
  try {
    const signal = new AbortController().signal;
    const base = await openBaseCheckout(name, { environment: { ...gitEnvironment, ...environment }, folder, signal });
    const tree = await checkoutBase(base, await testFolder());
    onTestFinished(() => tree.remove());
    expect(await readFile(join(tree.files, 'a.bin'), 'utf8')).toBe('before');
    return undefined;
  } catch (thrown) {
    if (thrown instanceof ChartImagesError) return thrown;
    throw thrown;
  }
}

/** A server that wants a password for everything. */
async function lockedServer(onRequest = (_: string | undefined) => {}): Promise<string> {
  const server = createServer(({ headers }, response) => {
    onRequest(headers.authorization);
    response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
  });
  return `http://${await listen(server)}/repository.git`;
}

type Plant = (checkout: Checkout, program: string) => Promise<unknown>;

const remote =
  (url: string): Plant =>
  async ({ git }) =>
    await git('remote', 'set-url', 'origin', url);
const config =
  (key: string, value = 'PROGRAM'): Plant =>
  async ({ git }, program) =>
    await git('config', key.replace('PROGRAM', program), value.replace('PROGRAM', program));

async function hooks({ git, folder }: Checkout, program: string) {
  for (const name of ['post-checkout', 'post-index-change', 'reference-transaction', 'pre-auto-gc']) {
    await mkdir(join(folder, '.git/own-hooks'), { recursive: true });
    await writeFile(join(folder, '.git/own-hooks', name), `#!/bin/sh\nexec '${program}'\n`, { mode: 0o755 });
  }
  await git('config', 'core.hooksPath', join(folder, '.git/own-hooks'));
}

async function alternates({ git, folder }: Checkout, program: string) {
  const other = await makeRepository();
  await other.commit({ 'other.txt': 'other' });
  await writeFile(join(folder, '.git/objects/info/alternates'), `${other.folder}/.git/objects\n`);
  await git('config', 'core.alternateRefsCommand', program);
}

async function included({ git, folder }: Checkout, program: string) {
  await writeFile(
    join(folder, '.git/more'),
    `[remote "origin"]\n\tuploadpack = ${program}\n[core]\n\tfsmonitor = ${program}\n`,
  );
  await git('config', 'include.path', 'more');
}

async function ofWorktree({ git }: Checkout, program: string) {
  await git('config', 'extensions.worktreeConfig', 'true');
  await git('config', '--worktree', 'remote.origin.uploadpack', program);
}

const lockedRemote: Plant = async (checkout, program) => await remote(await lockedServer())(checkout, program);
const helperForOneAddress: Plant = async ({ git }, program) => {
  const url = await lockedServer();
  await git('remote', 'set-url', 'origin', url);
  await git('config', `credential.${new URL(url).origin}.helper`, `!${program}`);
};
const anyProtocol = config('protocol.ext.allow', 'always');
const elsewhere = 'https://example.invalid/repository.git';

const planted: readonly { readonly what: string; readonly plants: readonly Plant[] }[] = [
  { what: 'a monitor of files', plants: [config('core.fsmonitor')] },
  { what: 'hooks', plants: [hooks] },
  { what: 'an upload-pack', plants: [config('remote.origin.uploadpack')] },
  { what: 'an upload-pack in an included file', plants: [included] },
  { what: 'an upload-pack in the configuration of a worktree', plants: [ofWorktree] },
  { what: 'a filter for what is checked out', plants: [config('filter.planted.smudge')] },
  { what: 'a required filter', plants: [config('filter.planted.smudge'), config('filter.planted.required', 'true')] },
  { what: 'a filter process', plants: [config('filter.planted.process')] },
  { what: 'a command for ssh', plants: [remote('ssh://git@127.0.0.1/repository.git'), config('core.sshCommand')] },
  { what: 'an address that is a program', plants: [config('remote.origin.url', 'ext::PROGRAM'), anyProtocol] },
  {
    what: 'an address that a program is put in place of',
    plants: [remote(elsewhere), config('url.ext::PROGRAM .insteadOf', 'https://'), anyProtocol],
  },
  {
    what: 'a helper for the remote',
    plants: [config('remote.origin.vcs', 'ext'), config('remote.origin.url', 'PROGRAM'), anyProtocol],
  },
  { what: 'a proxy for git://', plants: [remote('git://127.0.0.1/repository.git'), config('core.gitProxy')] },
  { what: 'a credential helper', plants: [lockedRemote, config('credential.helper', '!PROGRAM')] },
  {
    what: 'a credential helper for one address',
    plants: [helperForOneAddress],
  },
  { what: 'a program that asks for passwords', plants: [lockedRemote, config('core.askPass')] },
  { what: 'a command that lists what an alternate has', plants: [alternates] },
];

test.each(planted)('$what in the configuration of a checkout is not started', async ({ plants }) => {
  const { checkout, base, program, traces } = await shallowCheckout();
  for (const plant of plants) await plant(checkout, program);
  await readBase(checkout, base);
  expect(await readdir(traces)).toEqual([]);
});

test('a filter or a helper of the checkout does not keep the base from being read', async () => {
  const { checkout, base, program } = await shallowCheckout();
  for (const key of ['filter.planted.smudge', 'credential.helper', 'core.fsmonitor', 'core.sshCommand']) {
    await checkout.git('config', key, program);
  }
  await checkout.git('config', 'filter.planted.required', 'true');
  expect(await readBase(checkout, base)).toBeUndefined();
});

test('a filter that cannot be disabled fails the run', async () => {
  const { checkout, base, program, traces } = await shallowCheckout();
  await checkout.git('config', 'filter.a=b.smudge', program);
  expect((await readBase(checkout, base))?.message).toContain('filter.a=b.smudge');
  expect(await readdir(traces)).toEqual([]);
});

test('a repository among the files of a change is not used as the checkout', async () => {
  const { repository, checkout, base, program, traces } = await shallowCheckout();
  const folder = join(checkout.folder, 'charts');
  await cp(join(checkout.folder, '.git'), folder, { recursive: true });
  const inner = checkoutAt(folder);
  const at = ['--git-dir=.', 'config'];
  await inner.git(...at, 'core.bare', 'false');
  await inner.git(...at, 'core.worktree', '.');
  await inner.git(...at, 'remote.origin.url', `file://${repository.folder}`);
  await inner.git(...at, 'remote.origin.uploadpack', program);
  expect((await readBase(inner, base))?.message).toContain('safe.bareRepository');
  expect(await readdir(traces)).toEqual([]);
});

describe('what the user configures', () => {
  /** Git's configuration of a user, which a checkout cannot write. */
  async function userConfig(text: string) {
    const file = join(await testFolder(), 'gitconfig');
    await writeFile(file, text);
    return { GIT_CONFIG_GLOBAL: file };
  }

  test('still provides credentials if the checkout configures another helper', async () => {
    const { checkout, base, program, traces } = await shallowCheckout();
    const planted = join(await testFolder(), 'planted');
    await checkout.git('remote', 'set-url', 'origin', await lockedServer());
    await checkout.git('config', 'credential.helper', `!touch '${planted}'`);
    await readBase(checkout, base, await userConfig(`[credential]\n\thelper = "!${program}"\n`));
    expect(await readdir(traces)).toEqual(['started']);
    await expect(stat(planted)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('filters what is checked out, also where the checkout plants another command', async () => {
    const { checkout, base, program, traces } = await shallowCheckout();
    await checkout.git('config', 'filter.planted.smudge', program);
    expect(await readBase(checkout, base, await userConfig('[filter "planted"]\n\tsmudge = cat\n'))).toBeUndefined();
    expect(await readdir(traces)).toEqual([]);
  });
});

test('the credentials that a runner puts into the configuration of a checkout are used', async () => {
  const { checkout, base } = await shallowCheckout();
  const seen: (string | undefined)[] = [];
  const url = await lockedServer((authorization) => seen.push(authorization));
  await checkout.git('remote', 'set-url', 'origin', url);
  await checkout.git('config', `http.${new URL('/', url).href}.extraheader`, 'AUTHORIZATION: basic b2s=');
  await readBase(checkout, base);
  expect(seen).toContain('basic b2s=');
});

describe('a name that git could take for something else', () => {
  test.each([
    '--upload-pack=touch x;',
    '+main',
    '^main',
    'refs/heads/*',
    'main:refs/heads/other',
    'a..b',
    'a b',
    'a\nb',
    '',
  ])('%j is not a base', (name) => {
    expect(refNameError(name)).toBeDefined();
  });

  test.each(['main', 'refs/heads/release/1.x', 'v1.2.0+build', 'HEAD~2', 'a-b_c@d', '0f'.repeat(20)])(
    '%j is one',
    (name) => {
      expect(refNameError(name)).toBeUndefined();
    },
  );
});

test('a remote whose certificate is not trusted says which variable of Git helps, because ca-file does not', async () => {
  const { checkout } = await shallowCheckout();
  const certificates = makeCertificates();
  const [key, cert] = [await readFile(certificates.key), await readFile(certificates.certificate)];
  const server = createHttpsServer({ key, cert }, (_, response) => response.end());
  onTestFinished(() => certificates.remove());
  await checkout.git('remote', 'set-url', 'origin', `https://${await listen(server)}/a.git`);
  const fault = await readBase(checkout, 'f'.repeat(40));
  expect(fault?.message).toMatch(/certificate/i);
  expect(fault?.message).toContain('set GIT_SSL_CAINFO to the file of ca-file');
});
