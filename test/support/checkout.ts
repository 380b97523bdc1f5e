/** Git repositories made for a test, with real git and nothing of this machine's configuration. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { testFolder } from './folder.ts';
import { outputOf } from './program.ts';

/** Contents by path; undefined takes the file away. */
export type Change = Readonly<Record<string, string | undefined>>;

export interface Checkout {
  readonly folder: string;
  git(...args: readonly string[]): Promise<string>;
  /** Changes files and commits everything; gives the commit. */
  commit(change: Change): Promise<string>;
}

export const gitEnvironment = {
  PATH: process.env['PATH'],
  HOME: '/nonexistent',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'author',
  GIT_AUTHOR_EMAIL: 'author@example.com',
  GIT_COMMITTER_NAME: 'author',
  GIT_COMMITTER_EMAIL: 'author@example.com',
} as const;

/** A repository on the branch `main`, without commits. */
export async function makeRepository(): Promise<Checkout> {
  const folder = await testFolder();
  const checkout = checkoutAt(folder);
  await checkout.git('init', '--quiet', '--initial-branch=main');
  return checkout;
}

/** A clone as pipelines make it: one commit, and of the branch alone. */
export async function cloneShallow(of: Checkout, branch: string): Promise<Checkout> {
  const folder = await testFolder();
  await checkoutAt(folder).git(
    ...['clone', '--quiet', '--depth=1', '--single-branch', `--branch=${branch}`, `file://${of.folder}`, '.'],
  );
  return checkoutAt(folder);
}

export function checkoutAt(folder: string, environment: Readonly<Record<string, string>> = {}): Checkout {
  const env = { ...gitEnvironment, ...environment };
  const git = (...args: readonly string[]) => outputOf('git', args, { cwd: folder, env });
  return {
    folder,
    git,
    async commit(change) {
      for (const [path, content] of Object.entries(change)) {
        if (content === undefined) {
          await git('rm', '--quiet', path);
          continue;
        }
        await mkdir(dirname(join(folder, path)), { recursive: true });
        await writeFile(join(folder, path), content);
      }
      await git('add', '--all');
      await git('commit', '--quiet', '--allow-empty', '--message', 'change');
      return await git('rev-parse', 'HEAD');
    },
  };
}
