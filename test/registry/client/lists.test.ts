import { afterEach, expect, test } from 'vitest';
import type { Registry } from '../../../src/registry/client/registry.ts';
import { startFaultServer } from '../../support/fault-server.ts';
import { openRegistries } from '../../support/registries.ts';

const open: { stop(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.stop();
});

/** A registry that gives one tag a page, and so many pages. */
async function registryWithPages(count: number): Promise<Registry> {
  const server = await startFaultServer(({ path }) => {
    if (path === '/v2/') return { status: 200, body: '{}' };
    const page = Number(/page=(\d+)/.exec(path)?.[1] ?? '1');
    const next = `</v2/a/tags/list?page=${page + 1}>; rel="next"`;
    return {
      status: 200,
      headers: page < count ? { link: next } : {},
      body: JSON.stringify({ tags: [`tag-${page}`] }),
    };
  });
  const { registries } = await openRegistries();
  open.push(server, { stop: () => registries.close() });
  return registries.get(server.host);
}

test('who needs all tags gets all of them, or an error and never a part', async () => {
  const registry = await registryWithPages(5);
  expect(await registry.listTags('a', 'all')).toEqual([1, 2, 3, 4, 5].map((page) => `tag-${page}`));
  const larger = await registryWithPages(6);
  await expect(larger.listTags('a', 'all')).rejects.toMatchObject({
    code: 'registry-answer',
    message: expect.stringMatching(/^Cannot list the tags of .*: the list of .* has more than 5 pages\.$/),
  });
});

test('advice is made of the first pages of a list', async () => {
  const registry = await registryWithPages(6);
  expect(await registry.listTags('a')).toHaveLength(5);
});
