/**
 * Every way to be wrong, over the bundle: the exit code, the place, the advice, and a target that nobody has written
 * to. All runs ask for a copy.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { basicAuthorization, startDemoRegistry } from '../../scripts/demo-registry.ts';
import { toolFolder } from '../../scripts/tools.ts';
import { runAsAzureTask } from '../support/azure-agent.ts';
import { makeCertificates } from '../support/certificates.ts';
import { type ChartFiles, packFiles, podChart, writeFiles } from '../support/chart.ts';
import { contosoRepositories, copyContoso, fillWithContoso } from '../support/contoso.ts';
import { type Distribution, registryUser, startDistribution } from '../support/distribution.ts';
import { testFolder } from '../support/folder.ts';
import { runAsGitHubAction } from '../support/github-runner.ts';
import { type RunOnHost, temporaryFolderOf } from '../support/host-run.ts';
import { inTurn } from '../support/matrix.ts';
import { runInTerminal } from '../support/terminal.ts';

interface BadInput {
  readonly label: string;
  /** Lays out the working directory. */
  readonly prepare?: (work: string) => Promise<void>;
  readonly inputs: Readonly<Record<string, string>>;
  readonly exit: 1 | 2 | 3;
  readonly code: string;
  readonly location?: { readonly file: string; readonly line?: number; readonly column?: number };
  /** Parts of what the user is told, advice included. */
  readonly told: readonly string[];
}

const contoso = async (work: string) => await copyContoso(work, ['127.0.0.1:1']);
const file = (path: string, text: string) => async (work: string) => await writeFiles(work, { [path]: text });
const chart = (files: Readonly<Record<string, string>>) => async (work: string) =>
  await writeFiles(join(work, 'web'), files);
const archive = (files: Readonly<Record<string, string>>) => async (work: string) =>
  await writeFile(join(work, 'web-1.0.0.tgz'), await packFiles(files));

/** Archives hold the chart in a folder of its name. */
const packed = (files: ChartFiles): ChartFiles =>
  Object.fromEntries(Object.entries(files).map(([path, text]) => [`web/${path}`, text]));

/** A valid `cnf-input.jsonc` with one line replaced. */
const cnf = (from: string | RegExp, to: string) => async (work: string) => {
  await contoso(work);
  const path = join(work, 'cnf-input.jsonc');
  const text = await readFile(path, 'utf8');
  const changed = text.replace(from, to);
  if (changed === text) throw new Error(`the example no longer has ${from}`);
  await writeFile(path, changed);
};

const wrongInputs: readonly BadInput[] = [
  {
    label: 'an input file that does not exist',
    inputs: { 'input-file': 'cnf-inptu.jsonc' },
    exit: 2,
    code: 'file-not-found',
    location: { file: 'cnf-inptu.jsonc' },
    told: ['cnf-inptu.jsonc', 'does not exist'],
  },
  {
    label: 'an input file that is not JSONC',
    prepare: file('cnf-input.jsonc', '{\n  "nf_name": "contoso"\n  "version": "1.0.0"\n}\n'),
    inputs: { 'input-file': 'cnf-input.jsonc' },
    exit: 2,
    code: 'syntax',
    location: { file: 'cnf-input.jsonc', line: 3, column: 3 },
    told: ['is not valid JSON with comments'],
  },
  {
    label: 'an input file without sources',
    prepare: cnf(/"image_sources": \[[^\]]*\]/, '"image_sources": []'),
    inputs: { 'input-file': 'cnf-input.jsonc' },
    exit: 2,
    code: 'schema',
    location: { file: 'cnf-input.jsonc', line: 21 },
    told: ['image_sources', 'empty list'],
  },
  {
    label: 'an input file with a key that nobody knows',
    prepare: cnf('"image_sources"', '"image_source"'),
    inputs: { 'input-file': 'cnf-input.jsonc' },
    exit: 2,
    code: 'unknown-input',
    location: { file: 'cnf-input.jsonc', line: 21, column: 3 },
    told: ['"image_source"', 'image_sources'],
  },
  {
    label: 'an input file that names a chart which does not exist',
    prepare: cnf('charts/contoso', 'charts/contosso'),
    inputs: { 'input-file': 'cnf-input.jsonc' },
    exit: 2,
    code: 'chart-not-found',
    location: { file: 'cnf-input.jsonc', line: 27 },
    told: ['charts/contosso', 'does not exist'],
  },
  {
    label: 'a chart that is only a folder',
    prepare: file('web/README.md', 'no chart'),
    inputs: { charts: 'web', 'image-sources': '127.0.0.1:1' },
    exit: 2,
    code: 'chart-invalid',
    told: ['web', 'Chart.yaml'],
  },
  {
    label: 'an archive whose entries leave its folder',
    prepare: archive({ ...packed(podChart('app:1')), '../../escaped.txt': 'out' }),
    inputs: { charts: 'web-1.0.0.tgz', 'image-sources': '127.0.0.1:1' },
    exit: 2,
    code: 'archive-unsafe',
    told: ['web-1.0.0.tgz', '../../escaped.txt'],
  },
  {
    label: 'an archive that is a bomb',
    prepare: archive({ ...packed(podChart('app:1')), 'web/big.txt': ' '.repeat(6 * 2 ** 20) }),
    inputs: { charts: 'web-1.0.0.tgz', 'image-sources': '127.0.0.1:1' },
    exit: 2,
    code: 'archive-too-large',
    told: ['web-1.0.0.tgz'],
  },
  {
    label: 'a template that fails',
    prepare: chart(podChart('app:1', { 'templates/bad.yaml': 'a: 1\nb: {{ fail "no such size" }}\n' })),
    inputs: { charts: 'web', 'image-sources': '127.0.0.1:1' },
    exit: 2,
    code: 'chart-render',
    location: { file: 'web/templates/bad.yaml', line: 2 },
    told: ['no such size'],
  },
  {
    label: 'a value that must be given',
    prepare: chart(podChart('app:1', { 'templates/bad.yaml': 'a: {{ required "give a name" .Values.name }}\n' })),
    inputs: { charts: 'web', 'image-sources': '127.0.0.1:1' },
    exit: 2,
    code: 'chart-render',
    location: { file: 'web/templates/bad.yaml', line: 1 },
    told: ['give a name'],
  },
  {
    label: 'a values file that is not YAML',
    prepare: async (work) => {
      await chart(podChart('app:1'))(work);
      await writeFiles(work, { 'values.yaml': 'a: 1\nb: [\n' });
    },
    inputs: { charts: 'web', values: 'values.yaml', 'image-sources': '127.0.0.1:1' },
    exit: 2,
    code: 'chart-render',
    location: { file: 'values.yaml' },
    told: ['values.yaml'],
  },
  {
    label: 'a frozen run without its lock file',
    prepare: contoso,
    inputs: { 'input-file': 'cnf-input.jsonc', 'lock-file': 'images.lock.json', frozen: 'true' },
    exit: 2,
    code: 'file-not-found',
    told: ['images.lock.json', 'Run once without frozen'],
  },
  {
    label: 'a policy that does not exist',
    prepare: contoso,
    inputs: { 'input-file': 'cnf-input.jsonc', 'fail-on': 'absnet' },
    exit: 2,
    code: 'invalid-input',
    told: ['absnet', 'absent'],
  },
];

async function runBad(run: RunOnHost, bad: Pick<BadInput, 'prepare' | 'inputs'>) {
  const target = await startDemoRegistry();
  onTestFinished(async () => await target.stop());
  const work = await testFolder();
  const home = await testFolder();
  await bad.prepare?.(work);
  const result = await run({
    node: process.execPath,
    work,
    home,
    path: [toolFolder('helm-4')],
    inputs: { target: target.host, push: 'true', ...bad.inputs },
  });
  return { result, target, home };
}

async function expectRefusal(run: RunOnHost, bad: BadInput): Promise<void> {
  const { result, target, home } = await runBad(run, bad);
  expect(result.passed).toBe(false);
  if (run !== runAsAzureTask) expect(result.code).toBe(bad.exit);
  const errors = result.annotations.filter(({ level }) => level === 'error');
  expect(errors).toHaveLength(1);
  const [error] = errors;
  // Azure has no titles: there it is the beginning of the message.
  const told = [error?.title, error?.message].filter((text) => text !== '').join(': ');
  expect(told.split(': ', 2)).toEqual(['chart-images', bad.code]);
  if (bad.location) expect(error).toMatchObject(bad.location);
  for (const part of bad.told) expect(told).toContain(part);
  const whatAndAdvice = told.trim().split('\n').length;
  expect(whatAndAdvice).toBeGreaterThan(1);
  expect(target.requests.filter(({ method }) => method !== 'GET' && method !== 'HEAD')).toEqual([]);
  expect(target.storage.tagged()).toEqual([]);
  expect(await readdir(temporaryFolderOf({ home }))).toEqual([]);
}

describe('wrong input ends with its location and advice', () => {
  test.each(wrongInputs)('$label', async (bad) => await expectRefusal(runInTerminal, bad));
});

const runners = [
  { host: 'the GitHub runner', run: runAsGitHubAction },
  { host: 'the Azure agent', run: runAsAzureTask },
];

describe.each(inTurn(runners))('wrong input on $host is one annotation', ({ run, test }) => {
  const shown = wrongInputs.filter(({ code }) => ['syntax', 'chart-not-found', 'archive-unsafe'].includes(code));
  test.each(shown)('$label', async (bad) => await expectRefusal(run, bad));
});

describe('what cannot be known is reported as unknown, not as absent', () => {
  let guarded: Distribution;
  let unknownAuthority: Distribution;
  let authority: string;

  beforeAll(async () => {
    const certificates = makeCertificates();
    authority = certificates.authority;
    [guarded, unknownAuthority] = await Promise.all([
      startDistribution({ auth: 'htpasswd' }),
      startDistribution({ tls: certificates }),
    ]);
    await fillWithContoso(guarded.url, {
      authorization: basicAuthorization(registryUser.username, registryUser.password),
    });
    return async () => {
      await Promise.all([guarded.stop(), unknownAuthority.stop()]);
      certificates.remove();
    };
  });

  const login = (host: string, password: string) => `${host} ${registryUser.username} ${password}`;

  test('a source that is down', async () => {
    const gone = await startDemoRegistry();
    await gone.stop();
    await expectRefusal(runInTerminal, {
      label: '',
      prepare: contoso,
      inputs: { 'input-file': 'cnf-input.jsonc', 'image-sources': gone.host },
      exit: 3,
      code: 'unknown',
      told: [gone.host],
    });
  });

  test('a source that refuses the password, which is never shown', async () => {
    const bad: BadInput = {
      label: '',
      prepare: contoso,
      inputs: {
        'input-file': 'cnf-input.jsonc',
        'image-sources': guarded.host,
        'registry-credentials': login(guarded.host, 'wrong-horse'),
      },
      exit: 3,
      code: 'unknown',
      told: [guarded.host, 'Check the user name and the password'],
    };
    await expectRefusal(runInTerminal, bad);
    const { result } = await runBad(runAsGitHubAction, bad);
    // The command that has the runner mask it is the one place where it may stand.
    expect(result.log.replaceAll('::add-mask::wrong-horse', '')).not.toContain('wrong-horse');
    expect(result.summary).not.toContain('wrong-horse');
  });

  test('and with the right password everything is copied', async () => {
    const { result, target } = await runBad(runInTerminal, {
      prepare: contoso,
      inputs: {
        'input-file': 'cnf-input.jsonc',
        'image-sources': guarded.host,
        'registry-credentials': login(guarded.host, registryUser.password),
      },
    });
    expect(result.passed ? '' : result.log).toBe('');
    expect(target.storage.tagged()).toHaveLength(contosoRepositories.length);
    expect(result.log).not.toContain(registryUser.password);
  });

  test('a source whose certificate nobody vouches for', async () => {
    await expectRefusal(runInTerminal, {
      label: '',
      prepare: contoso,
      inputs: { 'input-file': 'cnf-input.jsonc', 'image-sources': unknownAuthority.host },
      exit: 3,
      code: 'unknown',
      told: [unknownAuthority.host, 'certificate', 'ca-file'],
    });
  });

  test('and with its authority named, it is asked: the images are absent', async () => {
    const { result } = await runBad(runInTerminal, {
      prepare: contoso,
      inputs: { 'input-file': 'cnf-input.jsonc', 'image-sources': unknownAuthority.host, 'ca-file': authority },
    });
    expect(result.code).toBe(1);
    expect(result.annotations.filter(({ title }) => title === 'chart-images: absent')).toHaveLength(4);
  });

  test('a target that wants a login', async () => {
    const open = await startDistribution();
    const closed = await startDistribution({ auth: 'htpasswd' });
    onTestFinished(async () => {
      await Promise.all([open.stop(), closed.stop()]);
    });
    await fillWithContoso(open.url);
    const { result } = await runBad(runInTerminal, {
      prepare: contoso,
      inputs: { 'input-file': 'cnf-input.jsonc', 'image-sources': open.host, target: closed.host },
    });
    expect(result.code).toBe(3);
    expect(result.annotations.map(({ message }) => message).join()).toContain(closed.host);
    const catalog = await fetch(`${closed.url}/v2/_catalog`, {
      headers: { authorization: basicAuthorization(registryUser.username, registryUser.password) },
    });
    expect(await catalog.json()).toEqual({ repositories: [] });
  });
});
