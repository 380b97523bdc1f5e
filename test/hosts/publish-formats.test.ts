/** The formats of one report on a host in this process: which are written, in what order, and what a failure costs. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ChartImagesAggregateError, ChartImagesError } from '../../src/core/errors.ts';
import type { Host } from '../../src/hosts/host.ts';
import { publishReport } from '../../src/hosts/publish-report.ts';
import type { Report } from '../../src/report/model/report.ts';
import { absent, finding, found, image, report } from '../report/model/sample.ts';
import { testFolder } from '../support/folder.ts';
import { recordingHost } from '../support/recording-host.ts';

const known = report({ resolutions: [found(image('one:1'))] });

interface Options {
  readonly over?: Partial<Host>;
  /** Below the folder of the test; undefined for that of the host. */
  readonly reportFolder?: string;
  readonly signal?: AbortSignal;
}

async function published(of: Report, { over = {}, reportFolder = 'out', signal }: Options = {}) {
  const folder = await testFolder();
  const lines: string[] = [];
  const log = { debug() {}, info: (line: string) => lines.push(line), warning() {} };
  const { host, shown } = recordingHost(folder, { log, ...over });
  await publishReport(of, host, join(folder, reportFolder), signal ?? new AbortController().signal);
  return { ...shown, folder, lines };
}

test('the log says where the report is, and the output of the step has the same path', async () => {
  const { folder, lines, outputs } = await published(known);
  const path = join(folder, 'out', 'images.json');
  expect(lines).toContain(`Wrote the report to ${path}`);
  expect(outputs['report']).toBe(path);
});

test('a folder that the user names is used instead of that of the host', async () => {
  const host = await testFolder();
  const { outputs, folder } = await published(known, { over: { reportFolder: join(host, 'own') } });
  expect(outputs['report']).toBe(join(folder, 'out', 'images.json'));
});

test('a host with a folder of its own gets the report there, and one without a folder gets no file', async () => {
  const own = join(await testFolder(), 'own');
  const withOwn = recordingHost(own, { reportFolder: own });
  await publishReport(known, withOwn.host, undefined, new AbortController().signal);
  expect(withOwn.shown.outputs['report']).toBe(join(own, 'images.json'));
  const without = recordingHost(own);
  await publishReport(known, without.host, undefined, new AbortController().signal);
  expect([without.shown.outputs['report'] ?? '', without.shown.exit]).toEqual(['', 0]);
  expect(without.shown.json).toContain('one:1');
});

test('files, table, and summary have the image, and each is in the form of its host', async () => {
  const { folder, table, json, summary, tests } = await published(known);
  const files = ['images.json', 'images.junit.xml', 'images.sarif'].map((name) => join(folder, 'out', name));
  const [saved = '', junit = '', sarif = ''] = await Promise.all(files.map((file) => readFile(file, 'utf8')));
  expect(JSON.parse(saved)).toEqual(JSON.parse(json));
  expect(junit).toBe(tests);
  expect(JSON.parse(sarif).runs).toHaveLength(1);
  for (const text of [table, summary]) expect(text).toContain('one:1');
  expect(summary).toContain('```mermaid');
  const azure = await published(known, { over: { name: 'azure' } });
  expect(azure.summary).not.toContain('mermaid');
});

/** A step of the host that fails, and what the report calls it. */
const steps: readonly (readonly [string, (thrown: unknown) => Partial<Host>, string])[] = [
  ['outputs', (thrown) => ({ setOutput: () => failed(thrown) }), 'the outputs'],
  ['summary', (thrown) => ({ writeSummary: async () => failed(thrown) }), 'the job summary'],
  ['tests', (thrown) => ({ publishTests: async () => failed(thrown) }), 'the test results'],
];

function failed(thrown: unknown): never {
  throw thrown;
}

test.each(steps)(
  '%s that a full disk refuses are named, and everything after them is still shown',
  async (_, over, what) => {
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    const { annotations, exit, table, json, folder } = await published(known, { over: over(full) });
    expect(annotations.map(({ title }) => title)).toEqual(['chart-images: not-writable']);
    expect(annotations[0]?.message).toContain(`Cannot write ${what}`);
    expect(exit).toBe(3);
    expect([table, json].every((text) => text.includes('one:1'))).toBe(true);
    expect(await readFile(join(folder, 'out', 'images.json'), 'utf8')).toContain('one:1');
  },
);

test.each(steps)('an error of %s that says what is wrong is shown in its own words', async (_, over) => {
  const error = new ChartImagesError('denied', 'The server refuses.', { advice: 'Ask.' });
  const { annotations } = await published(known, { over: over(error) });
  expect(annotations.map(({ title }) => title)).toEqual(['chart-images: denied']);
  const two = new ChartImagesAggregateError([
    error,
    new ChartImagesError('timeout', 'It is slow.', { advice: 'Wait.' }),
  ]);
  const both = await published(known, { over: over(two) });
  expect(both.annotations.map(({ title }) => title)).toEqual(['chart-images: denied', 'chart-images: timeout']);
});

test('a report folder below a file is wrong input, no output points to it, and the other formats say so', async () => {
  const folder = await testFolder();
  await writeFile(join(folder, 'file'), '');
  const { host, shown } = recordingHost(folder);
  await publishReport(known, host, join(folder, 'file', 'out'), new AbortController().signal);
  expect(shown.annotations.map(({ title }) => title)).toEqual(['chart-images: invalid-input']);
  expect([shown.outputs['report'] ?? '', shown.exit]).toEqual(['', 2]);
  expect(shown.summary).toContain('invalid-input');
});

test('an interrupt while the report is written ends the run with 130, and the report says so once', async () => {
  const abort = new AbortController();
  const { exit, annotations, json } = await published(known, {
    signal: abort.signal,
    over: { writeSummary: async () => abort.abort() },
  });
  expect(exit).toBe(130);
  expect(annotations.map(({ title }) => title)).toEqual(['chart-images: cancelled']);
  expect(JSON.parse(json).errors).toHaveLength(1);
  const before = await published(
    { ...known, errors: [new ChartImagesError('cancelled', 'Interrupted.', { advice: '' })] },
    { signal: AbortSignal.abort() },
  );
  expect([before.exit, before.annotations.length]).toEqual([130, 1]);
});

test('a run that was not interrupted keeps its own end', async () => {
  const findings = [finding('absent', { image: 'one:1' })];
  const { exit } = await published(report({ resolutions: [absent(image('one:1'))], findings }));
  expect(exit).toBe(1);
});

test('the report is written before anything of the host is asked, so that a host that hangs loses no file', async () => {
  const order: string[] = [];
  const folder = await testFolder();
  await mkdir(join(folder, 'out'));
  const { host } = recordingHost(folder, {
    setOutput: (name) => order.push(name),
    writeSummary: async () => {
      order.push('summary', String((await readFile(join(folder, 'out', 'images.json'))).length > 0));
    },
    publishTests: async () => void order.push('tests'),
    annotate: () => order.push('annotation'),
    print: () => order.push('table'),
    finish: () => order.push('end'),
  });
  const findings = [finding('absent', { image: 'one:1' })];
  await publishReport(
    report({ resolutions: [absent(image('one:1'))], findings }),
    host,
    join(folder, 'out'),
    new AbortController().signal,
  );
  expect(order.slice(order.indexOf('summary'))).toEqual(['summary', 'true', 'tests', 'annotation', 'table', 'end']);
});
