/** A repository with charts in a submodule, and a pull request that moves it to another commit. */
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Checkout, makeRepository } from './checkout.ts';
import { chart, makePullRequest, mergeOnServer, type PullRequest } from './pull-request.ts';

/** A library of charts that a repository has as a submodule, with two versions of one chart. */
export async function withSubmodule({
  movedTo = 'library',
} = {}): Promise<PullRequest & { readonly library: Checkout }> {
  const library = await makeRepository();
  const first = await library.commit(chart('lib', 'l:1'));
  const second = await library.commit(chart('lib', 'l:2'));
  const pull = await makePullRequest({ before: chart('app', 'a:1'), change: {} });
  const { server } = pull;
  const link = async (commit: string, folder = 'library') => {
    await server.git('-C', folder, 'checkout', '--quiet', commit);
    return await server.commit({});
  };
  await server.git(
    '-c',
    'protocol.file.allow=always',
    'submodule',
    '--quiet',
    'add',
    `file://${library.folder}`,
    'library',
  );
  const opened = await link(first);
  await server.git('switch', '--quiet', '--force-create', 'change');
  if (movedTo !== 'library') {
    await mkdir(join(server.folder, dirname(movedTo)), { recursive: true });
    await server.git('mv', 'library', movedTo);
  }
  const head = await link(second, movedTo);
  await server.git('switch', '--quiet', 'main');
  const merge = await mergeOnServer(server, head);
  return { server, library, opened, base: opened, head, merge };
}

export async function checkOutSubmodules({ git }: Checkout): Promise<void> {
  await git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'update', '--init', '--depth=1');
}
