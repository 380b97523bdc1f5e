import { createServer } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { formatReference } from '../../src/core/oci/registry-reference.ts';
import type { Resolution, Resolutions } from '../../src/resolve/resolution.ts';
import { resolveImages } from '../../src/resolve/resolve.ts';
import { discovered, sourcesOf } from '../support/discovered.ts';
import { type Distribution, startDistribution } from '../support/distribution.ts';
import { makeImage, pushImage } from '../support/images.ts';
import { loopbackRegistries } from '../support/loopback-registries.ts';
import { untraced } from '../support/path-rules.ts';

const image = await makeImage();
let registry: Distribution;

beforeAll(async () => {
  registry = await startDistribution();
});
afterAll(() => registry?.stop());

async function resolve(images: readonly string[], sources: readonly string[]): Promise<Resolutions> {
  const registries = await loopbackRegistries({ whenFailing: 0 });
  try {
    const found = images.map((text) => discovered(text));
    return await resolveImages(found, sourcesOf(...sources), registries, { concurrency: 4, pathRule: untraced });
  } finally {
    await registries.close();
  }
}

function verdict(resolution: Resolution): string {
  return resolution.status === 'found'
    ? `${formatReference(resolution.candidate.reference)} ${resolution.manifest.digest}`
    : resolution.status;
}

/** A host where nothing listens. */
async function closedHost(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return `127.0.0.1:${address.port}`;
}

test('the worked example resolves in one registry, and in a registry and its namespace', async () => {
  const names = ['release/contoso-a', 'release/contoso-b', 'release/contoso-c', 'test-release/contoso-test'];
  const chart = names.map((name) => `repository/${name}:1.0.0`);
  for (const name of names.slice(0, 3)) await pushImage(registry.url, name, '1.0.0', image);
  await pushImage(registry.url, 'test/test-release/contoso-test', '1.0.0', image);

  const both = await resolve(chart, [registry.host, `${registry.host}/test`]);
  const expected = [...names.slice(0, 3), 'test/test-release/contoso-test'];
  expect(both.resolutions.map(verdict)).toEqual(
    expected.map((name) => `${registry.host}/${name}:1.0.0 ${image.digest}`),
  );
  expect(both.findings).toEqual([]);

  const first = await resolve(chart, [registry.host]);
  expect(first.resolutions.map((resolution) => resolution.status)).toEqual(['found', 'found', 'found', 'absent']);
  expect(first.findings.map(({ code, image }) => `${code} ${image}`)).toEqual([
    'absent repository/test-release/contoso-test:1.0.0',
  ]);

  await pushImage(registry.url, 'test-release/contoso-test', '1.0.0', image);
  const all = await resolve(chart, [registry.host]);
  expect(all.resolutions.map(verdict)).toEqual(names.map((name) => `${registry.host}/${name}:1.0.0 ${image.digest}`));
});

test('upstream is a registry with a port when the chart names one', async () => {
  await pushImage(registry.url, 'core/app', '1', image);
  const { resolutions } = await resolve([`${registry.host}/core/app:1@${image.digest}`], ['upstream']);
  expect(resolutions.map(verdict)).toEqual([`${registry.host}/core/app:1@${image.digest} ${image.digest}`]);
});

test('a registry that is down makes its images unknown, and is reported once with the reason', async () => {
  const down = await closedHost();
  const { resolutions, findings } = await resolve(['a:1', 'b:1'], [down]);
  expect(resolutions.map((resolution) => resolution.status)).toEqual(['unknown', 'unknown']);
  expect(findings).toHaveLength(1);
  expect(findings[0]).toMatchObject({ code: 'unknown', images: ['a:1', 'b:1'] });
  expect(findings[0]?.message).toContain('ECONNREFUSED');
  expect(findings[0]?.message).toMatch(/^Cannot check 2 images: .* They are a:1, b:1\.$/);
  expect(findings[0]?.message.split(down)).toHaveLength(3);
});
