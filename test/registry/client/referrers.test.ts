import { afterEach, expect, test } from 'vitest';
import { computeDigest } from '../../../src/core/oci/digest.ts';
import { mediaTypes } from '../../../src/core/oci/media-type.ts';
import type { Registry } from '../../../src/registry/client/registry.ts';
import { type Reply, type SeenRequest, startFaultServer } from '../../support/fault-server.ts';
import { openRegistries } from '../../support/registries.ts';

const [subject, one, two] = ['subject', 'one', 'two'].map((text) => computeDigest(Buffer.from(text)));
if (!subject || !one || !two) throw new Error('three digests were made');
const index = { 'content-type': mediaTypes.ociIndex };
const listOf = (...digests: readonly string[]) =>
  JSON.stringify({ manifests: digests.map((digest) => ({ digest, size: 1 })) });

const open: { stop(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.stop();
});

async function registryThat(answers: (request: SeenRequest) => Reply): Promise<Registry> {
  const server = await startFaultServer((request) =>
    request.path === '/v2/' ? { status: 200, body: '{}' } : answers(request),
  );
  const { registries } = await openRegistries();
  open.push(server, { stop: () => registries.close() });
  return registries.get(server.host);
}

test('referrers are read page by page, as the registry describes them', async () => {
  const registry = await registryThat(({ path }) =>
    path.includes('next')
      ? { status: 200, headers: index, body: listOf(two) }
      : {
          status: 200,
          headers: { ...index, link: `</v2/a/referrers/${subject}?next>; rel="next"` },
          body: listOf(one),
        },
  );
  expect(await registry.listReferrers('a', subject)).toEqual([
    { digest: one, descriptor: { digest: one, size: 1 } },
    { digest: two, descriptor: { digest: two, size: 1 } },
  ]);
});

test.each<[string, Reply]>([
  ['does not know the path', { status: 404 }],
  ['gives a web page', { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' }],
])('a registry that %s has no such API', async (_, reply) => {
  const registry = await registryThat(() => reply);
  expect(await registry.listReferrers('a', subject)).toBeUndefined();
});

test.each<[string, Reply]>([
  ['fails', { status: 500 }],
  ['lists no digests', { status: 200, headers: index, body: listOf('../x') }],
  ['lists nothing that can be read', { status: 200, headers: index, body: '{' }],
])('a registry that %s is told', async (_, reply) => {
  const registry = await registryThat(() => reply);
  await expect(registry.listReferrers('a', subject)).rejects.toMatchObject({ code: 'registry-answer' });
});

test.each<[string, Reply, string]>([
  ['refuses its second page', { status: 403 }, 'denied'],
  ['no longer knows its second page', { status: 404 }, 'not-found'],
  [
    'gives a web page as its second page',
    { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' },
    'registry-answer',
  ],
])(
  'a registry that %s has not listed all signatures, so the copy does not go on without them',
  async (_, reply, code) => {
    const registry = await registryThat(({ path }) =>
      path.includes('next')
        ? reply
        : {
            status: 200,
            headers: { ...index, link: `</v2/a/referrers/${subject}?next>; rel="next"` },
            body: listOf(one),
          },
    );
    await expect(registry.listReferrers('a', subject)).rejects.toMatchObject({ code });
  },
);

test('a list of referrers without an end is an error, and not a list that was cut short', async () => {
  let pages = 0;
  const registry = await registryThat(() => {
    pages += 1;
    return {
      status: 200,
      headers: { ...index, link: `</v2/a/referrers/${subject}?page=${pages}>; rel="next"` },
      body: listOf(one),
    };
  });
  await expect(registry.listReferrers('a', subject)).rejects.toMatchObject({
    code: 'registry-answer',
    message: expect.stringMatching(/^Cannot list the referrers of .*: the list of .* has more than 100 pages\.$/),
  });
  expect(pages).toBe(100);
});

test.each([
  [401, 'unauthorized'],
  [403, 'denied'],
])('a registry that refuses the list with %i is an error, and not a registry without the API', async (status, code) => {
  const registry = await registryThat(() => ({ status }));
  await expect(registry.listReferrers('a', subject)).rejects.toMatchObject({ code });
});

test.each([400, 405, 501])('a registry that answers %d to the question has no such API', async (status) => {
  const registry = await registryThat(() => ({ status }));
  expect(await registry.listReferrers('a', subject)).toBeUndefined();
});

test('a list of referrers is asked for as an index, without which some registries give another form', async () => {
  const seen: unknown[] = [];
  const registry = await registryThat(({ headers }) => {
    seen.push(headers.accept);
    return { status: 200, headers: index, body: listOf(one) };
  });
  await registry.listReferrers('a', subject);
  expect(seen).toEqual([mediaTypes.ociIndex]);
});
