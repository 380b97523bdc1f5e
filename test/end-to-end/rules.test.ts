/**
 * chart-images.yaml as a team keeps it beside its charts: value sets, rules over images, policies; from the bundle,
 * with real helm.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { toolFolder, toolPath } from '../../scripts/tools.ts';
import { runAsAzureTask } from '../support/azure-agent.ts';
import { writeFiles } from '../support/chart.ts';
import { fillWithContoso } from '../support/contoso.ts';
import { type Distribution, startDistribution } from '../support/distribution.ts';
import { testFolder } from '../support/folder.ts';
import { runAsGitHubAction } from '../support/github-runner.ts';
import type { RunOnHost } from '../support/host-run.ts';
import { outputOf } from '../support/program.ts';
import { runInTerminal } from '../support/terminal.ts';

let source: Distribution;

beforeAll(async () => {
  source = await startDistribution();
  await fillWithContoso(source.url);
});

afterAll(async () => await source?.stop());

const chart = {
  'shop/Chart.yaml': `apiVersion: v2
name: shop
version: 1.0.0
annotations:
  artifacthub.io/images: |
    - name: a
      image: registry/release/contoso-a:1.0.0
    - name: c
      image: registry/release/contoso-c:1.0.0
`,
  'shop/values.yaml': 'large: false\n',
  'shop/templates/pods.yaml': `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  containers:
    - name: web
      image: 'registry/release/contoso-a:1.0.0'
---
apiVersion: v1
kind: Pod
metadata: { name: test, annotations: { helm.sh/hook: test } }
spec:
  containers:
    - name: test
      image: registry/none/such:1.0.0
{{- if .Values.large }}
---
apiVersion: ops.contoso.example/v1
kind: Fleet
metadata: { name: fleet }
spec:
  boxes:
    - from: registry/release/contoso-b:1.0.0
{{- end }}
`,
};

const config = `charts:
  - chart: shop
    valueSets:
      - name: small
      - name: large
        set: { large: true }
ignore:
  - image: registry/none/*
    kind: Pod
    reason: only used by helm test
  - name: gone
    reason: was there once
require:
  - '**/contoso-a'
extra-images:
  - registry/test-release/contoso-test:1.0.0
paths:
  - { kind: Fleet, path: 'spec.boxes[*].from' }
placeholder-registries: [registry]
fail-on: [absent, unknown, conflict, no-tag]
explain-aosm: true
`;

async function runWith(
  run: RunOnHost,
  files: Readonly<Record<string, string>>,
  inputs: Readonly<Record<string, string>>,
) {
  const [work, home] = [await testFolder(), await testFolder()];
  await writeFiles(work, { ...chart, ...files });
  const report = join(home, 'report');
  const result = await run({
    node: process.execPath,
    work,
    home,
    path: [toolFolder('helm-4')],
    inputs: { 'image-sources': source.host, report, ...inputs },
  });
  // The form of images.json is the contract's.
  return { result, images: JSON.parse(await readFile(join(report, 'images.json'), 'utf8')) as ImagesJson };
}

interface ImagesJson {
  readonly images: readonly {
    readonly image: string;
    readonly confidence: string;
    readonly status: string;
    readonly uses: readonly { readonly valueSets: readonly string[]; readonly rule: string }[];
  }[];
  readonly findings: readonly { readonly code: string; readonly severity: string; readonly line?: number }[];
  readonly ignored: readonly { readonly reason: string; readonly images: readonly { readonly image: string }[] }[];
  readonly aosm?: readonly { readonly cases: readonly { readonly fault: string; readonly image: string }[] }[];
}

describe.each([
  { host: 'a terminal', run: runInTerminal },
  { host: 'the GitHub runner', run: runAsGitHubAction },
  { host: 'the Azure agent', run: runAsAzureTask },
])('on $host', ({ run }) => {
  test('value sets are one list of images, and rules decide what becomes of them', async () => {
    const target = await startDistribution();
    onTestFinished(async () => await target.stop());
    const { result, images } = await runWith(
      run,
      { 'chart-images.yaml': config },
      { target: target.host, push: 'true' },
    );
    expect(result.passed ? '' : result.log).toBe('');
    expect(images.images.map(({ image, confidence, uses }) => [confidence, image, uses[0]?.valueSets])).toEqual([
      ['declared', 'registry/release/contoso-c:1.0.0', ['small', 'large']],
      ['certain', 'registry/release/contoso-a:1.0.0', ['small', 'large']],
      ['likely', 'registry/release/contoso-b:1.0.0', ['large']],
      ['declared', 'registry/test-release/contoso-test:1.0.0', []],
    ]);
    expect(images.ignored.map(({ reason, images: own }) => [reason, ...own.map(({ image }) => image)])).toEqual([
      ['only used by helm test', 'registry/none/such:1.0.0'],
    ]);
    expect(images.findings.filter(({ code }) => code !== 'fixed-registry')).toMatchObject([
      { code: 'undeclared', severity: 'notice' },
      { code: 'unused-rule', severity: 'notice', line: 11 },
    ]);
    expect(images.aosm?.[0]?.cases.map(({ fault, image }) => [fault, image])).toEqual([
      ['lost', 'registry/release/contoso-b:1.0.0'],
      ['misread', 'registry/release/contoso-a:1.0.0'],
    ]);
    expect((await outputOf(toolPath('crane'), ['catalog', target.host])).split('\n').sort()).toEqual([
      'release/contoso-a',
      'release/contoso-b',
      'release/contoso-c',
      'test-release/contoso-test',
    ]);
    for (const told of ['Fleet/fleet (large)', 'Pod/web (all value sets)', '1 image ignored', 'az aosm', 'helm test']) {
      expect(result.summary).toContain(told);
    }
  });

  test('a required image that is switched off, and an ignore past its day, are reported at their lines', async () => {
    const { result, images } = await runWith(
      run,
      {
        'chart-images.yaml': `charts: [{ chart: shop }]
ignore:
  - { image: '**/such', reason: soon there, until: 2020-02-29 }
require:
  - registry/release/contoso-b
fail-on: none
`,
      },
      {},
    );
    expect(result.passed).toBe(false);
    const location = { file: 'chart-images.yaml' };
    const titled = (word: string) =>
      result.annotations.filter(({ title, message }) => `${title} ${message}`.includes(word));
    expect(titled('required')).toMatchObject([{ level: 'error', ...location, line: 5 }]);
    expect(titled('expired-rule')).toMatchObject([{ level: 'warning', ...location, line: 3 }]);
    expect(images.images.find(({ image }) => image.includes('such'))?.status).toBe('absent');
  });

  test("an extra image that no source has is told at the configuration's line", async () => {
    const { result } = await runWith(
      run,
      {
        'chart-images.yaml':
          'charts: [{ chart: shop }]\nignore: [{ name: test, reason: x }]\nextra-images:\n  - registry/none/extra:1\nplaceholder-registries: [registry]\n',
      },
      {},
    );
    expect(result.annotations.filter(({ level }) => level === 'error')).toMatchObject([
      { file: 'chart-images.yaml', line: 4 },
    ]);
  });
});

test('what the user says on the command line wins over the file', async () => {
  const { images } = await runWith(
    runInTerminal,
    { 'chart-images.yaml': config },
    { resolve: 'false', 'explain-aosm': 'false' },
  );
  expect(images).not.toHaveProperty('aosm');
});
