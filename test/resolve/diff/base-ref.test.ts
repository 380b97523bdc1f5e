import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { resolveBaseRef } from '../../../src/resolve/diff/base-ref.ts';
import { testFolder } from '../../support/folder.ts';

const sha = 'a'.repeat(40);

async function event(content: unknown): Promise<string> {
  const path = join(await testFolder(), 'event.json');
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

test('base-ref overrides the base of the host', async () => {
  const base = await resolveBaseRef('v1.0.0', { GITHUB_BASE_REF: 'main' });
  expect(base).toEqual({ label: 'v1.0.0', names: ['refs/remotes/origin/v1.0.0', 'v1.0.0'], givenBy: 'input' });
});

test.each<[string, unknown]>([
  ['pull request', { pull_request: { base: { sha, ref: 'release/1' } } }],
  ['merge queue', { merge_group: { base_sha: sha, base_ref: 'refs/heads/release/1' } }],
])('the event of a %s names the commit of its base, and its branch', async (_, content) => {
  const base = await resolveBaseRef(undefined, { GITHUB_EVENT_PATH: await event(content) });
  expect(base).toMatchObject({ label: 'release/1', givenBy: 'event' });
  expect(base?.commit).toBe(sha);
  expect(base?.names).toContain('refs/remotes/origin/release/1');
});

test.each(['{', '[]', '{ "ref": "refs/heads/main" }', '{ "pull_request": { "base": { "sha": 7 } } }'])(
  'an event %s leaves the branch of GITHUB_BASE_REF',
  async (content) => {
    const path = await event(content);
    expect((await resolveBaseRef(undefined, { GITHUB_EVENT_PATH: path, GITHUB_BASE_REF: 'main' }))?.label).toBe('main');
    expect(await resolveBaseRef(undefined, { GITHUB_EVENT_PATH: path, GITHUB_BASE_REF: '' })).toBeUndefined();
  },
);

test('a commit of an event is used only if it is a commit ID', async () => {
  const path = await event({ pull_request: { base: { sha: '--upload-pack=evil', ref: 'main' } } });
  const base = await resolveBaseRef(undefined, { GITHUB_EVENT_PATH: path });
  expect([base?.commit, base?.names]).toEqual([undefined, ['refs/remotes/origin/main', 'main']]);
});

test.each([
  { GITHUB_BASE_REF: '--upload-pack=touch x;' },
  { GITHUB_BASE_REF: 'main:refs/heads/other' },
  { SYSTEM_PULLREQUEST_TARGETBRANCH: '+main' },
  { SYSTEM_PULLREQUEST_TARGETBRANCH: 'refs/heads/-main' },
])('a base that git could take for something else is refused (%j)', async (environment) => {
  await expect(resolveBaseRef(undefined, environment)).rejects.toMatchObject({
    code: 'process-failed',
    message: expect.stringContaining('Cannot use the base branch of the event'),
  });
});

test('the base that an event names is refused by the same rule', async () => {
  const path = await event({ pull_request: { base: { sha, ref: '--upload-pack=evil' } } });
  await expect(resolveBaseRef(undefined, { GITHUB_EVENT_PATH: path })).rejects.toMatchObject({
    code: 'process-failed',
  });
});

test.each(['refs/heads/main', 'main'])('Azure names the target branch (%s)', async (branch) => {
  const base = await resolveBaseRef(undefined, { SYSTEM_PULLREQUEST_TARGETBRANCH: branch });
  expect(base).toMatchObject({ label: 'main', givenBy: 'event' });
  expect(base?.names[0]).toBe('refs/remotes/origin/main');
});

describe('base-ref: before', () => {
  test('is the commit before a push', async () => {
    const path = await event({ before: sha, after: 'b'.repeat(40), ref: 'refs/heads/main' });
    const base = await resolveBaseRef('before', { GITHUB_EVENT_PATH: path });
    expect(base).toMatchObject({ label: 'aaaaaaa', commit: sha, compareWith: 'commit' });
  });

  test('is no base for a push that creates its branch', async () => {
    const path = await event({ before: '0'.repeat(40), ref: 'refs/heads/new' });
    expect(await resolveBaseRef('before', { GITHUB_EVENT_PATH: path })).toBeUndefined();
  });

  test('is the base of a pull request', async () => {
    const path = await event({ pull_request: { base: { sha, ref: 'main' } } });
    expect(await resolveBaseRef('before', { GITHUB_EVENT_PATH: path })).toMatchObject({ label: 'main', commit: sha });
  });

  test('is a branch where there is no event', async () => {
    expect(await resolveBaseRef('before', {})).toMatchObject({ label: 'before', givenBy: 'input' });
  });
});

test('a commit is shown in seven digits, wherever it was named', async () => {
  expect((await resolveBaseRef(sha, {}))?.label).toBe('aaaaaaa');
});

test('a push has no base', async () => {
  expect(
    await resolveBaseRef(undefined, { GITHUB_EVENT_PATH: await event({ before: sha, after: sha }) }),
  ).toBeUndefined();
  expect(await resolveBaseRef(undefined, {})).toBeUndefined();
});
