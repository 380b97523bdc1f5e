import { expect, test } from 'vitest';
import type { Finding } from '../../src/core/findings.ts';
import { readCnfInput } from '../../src/inputs/cnf-input.ts';
import { readConfig } from '../../src/inputs/config.ts';
import type { Registry } from '../../src/registry/client/registry.ts';
import type { Source } from '../../src/resolve/image-source.ts';
import { resolveImages } from '../../src/resolve/resolve.ts';
import { writeFiles } from '../support/charts.ts';
import { discovered, sourcesOf } from '../support/discovered.ts';
import { testFolder } from '../support/folder.ts';
import { makeImage } from '../support/images.ts';
import { deadRegistry, memoryRegistries, memoryRegistry } from '../support/memory-registry.ts';

async function findingsFor(
  images: readonly string[],
  sources: readonly Source[],
  ...registries: readonly Registry[]
): Promise<readonly Finding[]> {
  const known = images.map((image) => discovered(image));
  const { findings } = await resolveImages(known, sources, memoryRegistries(...registries), { concurrency: 2 });
  return findings;
}

test('a source of cnf-input.jsonc that does not respond is one finding at its line, and no chart is annotated', async () => {
  const text =
    '{\n  "image_sources": [\n    "up.example",\n    "down.example/team"\n  ],\n  "helm_packages": [{ "path_to_chart": "charts/a", "name": "a" }]\n}\n';
  const work = await writeFiles(await testFolder(), { 'cnf-input.jsonc': text });
  const { sources = [] } = await readCnfInput('cnf-input.jsonc', work);
  const findings = await findingsFor(
    ['a:1', 'b:1'],
    sources,
    memoryRegistry('up.example'),
    deadRegistry('down.example'),
  );
  expect(findings).toEqual([
    {
      code: 'unknown',
      severity: 'error',
      message: 'Cannot check 2 images: down.example did not answer. They are a:1, b:1.',
      advice: 'See that it is up. The registry is named in image-sources.',
      images: ['a:1', 'b:1'],
      file: 'cnf-input.jsonc',
      line: 4,
    },
  ]);
});

test('a source of chart-images.yaml that refuses all access is one finding at its line', async () => {
  const work = await writeFiles(await testFolder(), { 'chart-images.yaml': 'image-sources:\n  - down.example\n' });
  const { sources = [] } = await readConfig('chart-images.yaml', work);
  const findings = await findingsFor(['a:1', 'b:1'], sources, deadRegistry('down.example', 'unauthorized'));
  expect(findings).toMatchObject([{ images: ['a:1', 'b:1'], file: 'chart-images.yaml', line: 2 }]);
  expect(findings[0]).not.toHaveProperty('image');
});

test('a registry that an input names is one finding without a line', async () => {
  const findings = await findingsFor(['a:1'], sourcesOf('down.example'), deadRegistry('down.example'));
  expect(findings).toMatchObject([{ code: 'unknown', images: ['a:1'] }]);
  expect(findings[0]).not.toHaveProperty('image');
  expect(findings[0]).not.toHaveProperty('file');
});

test('a registry that the reference itself names is at the registry in the chart', async () => {
  const findings = await findingsFor(['down.example/a:1'], sourcesOf('upstream'), deadRegistry('down.example'));
  expect(findings).toMatchObject([{ image: 'down.example/a:1', part: 'registry' }]);
});

test('an outage of Docker Hub does not blame image-sources for a reference without a registry', async () => {
  const findings = await findingsFor(['a:1', 'docker.io/b:1'], sourcesOf('upstream'), deadRegistry('docker.io'));
  expect(findings).toMatchObject([
    {
      images: ['a:1', 'docker.io/b:1'],
      advice: 'See that it is up. References without a registry are looked up on Docker Hub.',
    },
  ]);
});

test('two registries that fail are two findings, each with all images that it hides', async () => {
  const first = deadRegistry('one.example');
  const findings = await findingsFor(
    ['a:1', 'b:1'],
    sourcesOf('one.example', 'two.example'),
    first,
    deadRegistry('two.example'),
  );
  expect(findings.map(({ images }) => images)).toEqual([
    ['a:1', 'b:1'],
    ['a:1', 'b:1'],
  ]);
  expect(findings.map(({ message }) => message.slice(0, 36))).toEqual([
    'Cannot check 2 images: one.example d',
    'Cannot check 2 images: two.example d',
  ]);
});

test('an image that is denied by a registry that has others is at its chart, because it may not exist', async () => {
  const registry = memoryRegistry('up.example');
  registry.add('a', '1', await makeImage());
  const refusing = deadRegistry('up.example', 'unauthorized');
  const denying: Registry = {
    ...registry,
    headManifest: (repository, key) => (repository === 'a' ? registry : refusing).headManifest(repository, key),
  };
  const findings = await findingsFor(['a:1', 'b:1'], sourcesOf('up.example'), denying);
  expect(findings).toMatchObject([{ code: 'unknown', image: 'b:1', images: ['b:1'] }]);
});
