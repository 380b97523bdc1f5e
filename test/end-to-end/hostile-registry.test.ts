/**
 * A change names the registries that its images come from: what such a registry answers must not decide the verdict.
 */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { toolFolder } from '../../scripts/tools.ts';
import { mediaTypes } from '../../src/core/oci/media-type.ts';
import type { ImagesJson } from '../../src/report/json/json-types.ts';
import { runAsAzureTask } from '../support/azure-agent.ts';
import { podChart, writeFiles } from '../support/chart.ts';
import { testFolder } from '../support/folder.ts';
import { runAsGitHubAction } from '../support/github-runner.ts';
import type { HostRun, RunOnHost } from '../support/host-run.ts';
import { listen } from '../support/listen.ts';
import { runInTerminal } from '../support/terminal.ts';

/** Words of closed lists, keys of images.json and of outputs, parts of references; short ones and long ones. */
const words = [
  ...['error', 'absent', 'found', 'internal', 'true', 'sha256', 'json', 'image', 'status', 'null', '0', 'unresolved'],
  ...['severity', 'certain', 'findings', 'unknown', 'Failed', 'logissue', 'registryValuesPaths', 'dependency-missing'],
];

/**
 * A registry that lets in whoever shows a token, with no manifest or this one; its token server hands out this text.
 */
async function startRegistry(token: string, manifest?: Buffer): Promise<string> {
  const server = createServer((request, response) => {
    const json = (status: number, body: object, headers = {}) => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
    };
    if (request.url?.startsWith('/token')) return json(200, { token });
    const challenge = `Bearer realm="http://${request.headers.host}/token",service="registry"`;
    if (request.headers.authorization === undefined) return json(401, {}, { 'www-authenticate': challenge });
    if (manifest !== undefined) {
      response.writeHead(200, { 'content-type': mediaTypes.ociManifest, 'content-length': manifest.length });
      return response.end(manifest);
    }
    return json(404, { errors: [{ code: 'MANIFEST_UNKNOWN', message: 'manifest unknown' }] });
  });
  return await listen(server);
}

/** Runs a chart with one image for each token, each in a registry of its own. */
async function runWith<Run extends HostRun>(
  runOnHost: (request: Parameters<RunOnHost>[0]) => Promise<Run>,
  tokens: readonly string[],
  inputs: (hosts: readonly string[]) => Readonly<Record<string, string>> = () => ({}),
  manifest?: Buffer,
): Promise<{ readonly run: Run; readonly images: readonly string[]; readonly report: ImagesJson }> {
  const hosts = await Promise.all(tokens.map((token) => startRegistry(token, manifest)));
  const images = hosts.map((host) => `${host}/team/web:1`);
  const [work, home] = [await testFolder(), await testFolder()];
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web' },
    spec: { containers: images.map((image, index) => ({ name: `web-${index}`, image })) },
  };
  await writeFiles(join(work, 'web'), podChart('', { 'templates/pod.yaml': JSON.stringify(pod) }));
  const run = await runOnHost({
    node: process.execPath,
    work,
    home,
    path: [toolFolder('helm-4')],
    inputs: { charts: 'web', 'image-sources': 'upstream', report: 'out', ...inputs(hosts) },
  });
  const report: ImagesJson = JSON.parse(await readFile(join(work, 'out', 'images.json'), 'utf8'));
  return { run, images, report };
}

/** Every image is absent, and every form of the report says so. */
function expectAbsent({ run, images, report }: Awaited<ReturnType<typeof runWith>>): void {
  expect(run.passed).toBe(false);
  expect(run.summary).toContain(
    images.length === 1
      ? '1 image was not found in any source'
      : `of ${images.length} images were not found in any source`,
  );
  expect(report.images.map(({ image, status, outcome }) => [image, status, outcome])).toEqual(
    images.map((image) => [image, 'absent', null]),
  );
  expect(report.findings.map(({ code, severity, image }) => [code, severity, image])).toEqual(
    images.map((image) => ['absent', 'error', image]),
  );
  expect(report).toMatchObject({ version: 1, errors: [], totals: { images: images.length, absent: images.length } });
}

const hosts = [
  { host: 'GitHub Actions', runOnHost: runAsGitHubAction },
  { host: 'Azure Pipelines', runOnHost: runAsAzureTask },
  { host: 'a terminal', runOnHost: runInTerminal },
] as const;

describe.each(hosts)('on $host', ({ host, runOnHost }) => {
  const isTerminal = host === 'a terminal';

  test(`a registry whose token is the word "error" fails the change on ${host}, as every registry without the image does`, async () => {
    const outcome = await runWith<HostRun>(runOnHost, ['error']);
    expectAbsent(outcome);
    expect(outcome.run.code).toBe(host === 'Azure Pipelines' ? 0 : 1);
    const [image = ''] = outcome.images;
    if (isTerminal) return;
    const [annotation] = outcome.run.annotations;
    expect(annotation?.level).toBe('error');
    // The Azure agent knows no titles.
    expect(`${annotation?.title}: ${annotation?.message}`).toContain('chart-images: absent: Image not found: ');
    expect(JSON.parse(outcome.run.outputs['unresolved'] ?? '')).toMatchObject([{ image, status: 'absent' }]);
  });

  test(`100 zero bytes with the type of a manifest are unknown on ${host}, neither found nor absent`, async () => {
    const { run, report } = await runWith<HostRun>(runOnHost, ['a-token'], () => ({}), Buffer.alloc(100));
    expect([run.passed, run.code]).toEqual([false, host === 'Azure Pipelines' ? 0 : 3]);
    expect(report.images).toMatchObject([{ status: 'unknown', digest: null, target: null }]);
    expect(report.findings).toMatchObject([{ code: 'unknown', severity: 'error' }]);
    expect(run.summary).toContain('1 image could not be checked');
  });

  test(`registries whose tokens are words of the report leave every word of it in place on ${host}`, async () => {
    const outcome = await runWith<HostRun>(runOnHost, words);
    expectAbsent(outcome);
    expect(outcome.run.summary).toContain(outcome.images[0]);
  });

  test(`passwords that are words of the report leave every word of it in place on ${host}`, async () => {
    const { run, images, report } = await runWith<HostRun>(
      runOnHost,
      words.map(() => 'a-token'),
      (named) => {
        const lines = named.map((name, index) => `${name} user ${words[index]}`).join('\n');
        return { 'registry-credentials': lines };
      },
    );
    expectAbsent({ run, images, report });
    if (isTerminal) return;
    expect(run.annotations.filter(({ level }) => level === 'error').length).toBeGreaterThan(0);
    expect(JSON.parse(run.outputs['images'] ?? '')).toHaveLength(images.length);
  });
});

test('no password or token that outputs always hold is masked by the runner, which would drop the outputs of the job', async () => {
  const short = ['found', 'absent', 'sha256', 'image', '1234', 'beef', 'null'];
  const { run } = await runWith(
    runAsGitHubAction,
    short.map(() => 'team/web/team/web'),
    (named) => {
      const lines = named.map((name, index) => `${name} user ${short[index]}`).join('\n');
      return { 'registry-credentials': lines };
    },
  );
  const masks = run.commands.filter(({ name }) => name === 'add-mask').map(({ data }) => data);
  // The form of a header, base64, is masked all the same.
  expect(masks).toHaveLength(short.length);
  for (const text of [...short, 'team/web/team/web']) expect(masks).not.toContain(text);
});
