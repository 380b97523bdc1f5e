import { createServer } from 'node:http';
import { delimiter } from 'node:path';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { toolFolder } from '../../scripts/tools.ts';
import { run } from '../../src/app/run.ts';
import { cancelledError, notWritable } from '../../src/core/errors.ts';
import type { Host } from '../../src/hosts/host.ts';
import type { ImagesJson } from '../../src/report/json/json-types.ts';
import { podChart as webChart } from '../support/chart.ts';
import { writeFiles } from '../support/charts.ts';
import { testFolder } from '../support/folder.ts';
import { podChart } from '../support/pod-chart.ts';
import { recordingHost } from '../support/recording-host.ts';
import { terminalIn, workFolderWith } from './app-fixtures.ts';

afterEach(() => vi.unstubAllEnvs());

interface Ended {
  readonly exit: number | undefined;
  /** Code, severity, file and line of each finding. */
  readonly findings: readonly (readonly unknown[])[];
  readonly errors: readonly string[];
}

/** Host and port of a registry without images. */
async function emptyRegistry(): Promise<string> {
  const server = createServer((request, response) => {
    response.writeHead(request.url === '/v2/' ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ errors: [{ code: 'MANIFEST_UNKNOWN', message: 'manifest unknown' }] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return `127.0.0.1:${address.port}`;
}

/** Runs in this process, with a value without a tag in charts/app/values.yaml. */
async function ending(
  inputs: Readonly<Record<string, string>>,
  over: (cancel: AbortController) => Partial<Host> = () => ({}),
): Promise<Ended> {
  const folder = await testFolder();
  await writeFiles(folder, {
    ...podChart('{{ .Values.image }}'),
    'charts/app/values.yaml': '# The web server.\nimage: web\n',
  });
  const registry = await emptyRegistry();
  const cancel = new AbortController();
  const { host, shown } = recordingHost(folder, {
    inputs: { charts: 'charts/app', 'fail-on': 'no-tag', 'image-sources': registry, ...inputs },
    ...over(cancel),
  });
  vi.stubEnv('PATH', [toolFolder('helm-4'), process.env['PATH']].join(delimiter));
  await run(host, cancel.signal);
  const { findings, errors }: ImagesJson = JSON.parse(shown.json);
  return {
    exit: shown.exit,
    findings: findings.map(({ code, severity, file, line }) => [code, severity, file, line]),
    errors: errors.map(({ code }) => code),
  };
}

/** A host on which this happens when images are looked up. */
function whileChecking(work: () => Promise<never>): Partial<Host> {
  return { withProgress: async (read, next) => (read().label === 'images checked' ? await work() : await next()) };
}

const atValue = ['charts/app/values.yaml', 2] as const;

describe('a finding is graded and at its line', () => {
  test('in a run that lists images only', async () => {
    expect(await ending({ resolve: 'false' })).toEqual({
      exit: 1,
      findings: [['no-tag', 'error', ...atValue]],
      errors: [],
    });
  });

  test('in a run that checks images', async () => {
    expect(await ending({})).toEqual({
      exit: 1,
      findings: [
        ['no-tag', 'error', ...atValue],
        ['absent', 'warning', ...atValue],
      ],
      errors: [],
    });
  });

  test('in a run that fails before it has a plan', async () => {
    const failing = whileChecking(async () => {
      throw notWritable('the lock file', new Error('ENOSPC'));
    });
    expect(await ending({}, () => failing)).toEqual({
      exit: 1,
      findings: [['no-tag', 'error', ...atValue]],
      errors: ['not-writable'],
    });
  });
});

test('an interrupted run reports which of its findings fail it, without looking for their lines', async () => {
  const ended = await ending({}, (cancel) =>
    whileChecking(async () => {
      cancel.abort(cancelledError());
      throw cancelledError();
    }),
  );
  expect(ended).toEqual({ exit: 130, findings: [['no-tag', 'error', undefined, undefined]], errors: ['cancelled'] });
});

const { signal } = new AbortController();

test('a run without lookups prints the images of its charts and ends with exit code 0', async () => {
  const terminal = await terminalIn(await workFolderWith(webChart('nginx:1.25')), '--charts=web', '--resolve=false');
  await run(terminal.host, signal);
  expect(terminal.written.out).toContain('nginx:1.25');
  expect(terminal.written.exitCode).toBe(0);
});

test('a run with an invalid input publishes its report and ends with exit code 2', async () => {
  const work = await workFolderWith(webChart('nginx:1.25'));
  const terminal = await terminalIn(work, '--charts=web', '--push=true', '--json');
  await run(terminal.host, signal);
  expect(JSON.parse(terminal.written.out)).toMatchObject({
    errors: [{ code: 'missing-input' }],
    images: [],
  });
  expect(terminal.written.exitCode).toBe(2);
});

test('a chart that does not render ends the run with exit code 2, and the report names its template', async () => {
  const chart = webChart('nginx:1.25', { 'templates/broken.yaml': '{{ fail "no license" }}\n' });
  const terminal = await terminalIn(await workFolderWith(chart), '--charts=web', '--resolve=false', '--json');
  await run(terminal.host, signal);
  expect(JSON.parse(terminal.written.out)).toMatchObject({
    errors: [{ code: 'chart-render', file: 'web/templates/broken.yaml', line: 1 }],
    images: [],
  });
  expect(terminal.written.exitCode).toBe(2);
});

test('a run that is interrupted before its first step publishes a report and ends with exit code 130', async () => {
  const terminal = await terminalIn(await workFolderWith(webChart('nginx:1.25')), '--charts=web', '--json');
  await run(terminal.host, AbortSignal.abort());
  expect(JSON.parse(terminal.written.out)).toMatchObject({ errors: [{ code: 'cancelled' }] });
  expect(terminal.written.exitCode).toBe(130);
});
