/** Whole runs of the bundle, each a process of its own with a broken file or environment. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { toolFolder } from '../tools.ts';
import { emptyTally, mostMemory, type Tally } from './campaign.ts';
import type { Fault } from './judge.ts';
import { mutateBytes, mutateText } from './mutate-text.ts';
import { planted, secretsIn, user } from './planted.ts';
import { randomOf } from './random.ts';
import { strangeCommands } from './runner-commands.ts';

const bundle = fileURLToPath(new URL('../../dist/index.js', import.meta.url));

/** How they are named beside the kinds of inputs. */
export const wholeRuns = 'whole-runs';

export interface WholeRuns {
  readonly seed: string;
  readonly from: number;
  readonly to: number;
  /** Milliseconds for one run. */
  readonly longest: number;
  readonly atATime: number;
}

export async function runWhole({ seed, from, to, longest, atATime }: WholeRuns): Promise<Tally> {
  const tally = emptyTally(wholeRuns);
  const indices = Array.from({ length: to - from }, (_, index) => from + index).values();
  await Promise.all(
    Array.from({ length: atATime }, async () => {
      for (const index of indices) await runOne(seed, index, longest, tally);
    }),
  );
  return tally;
}

const chart: Readonly<Record<string, string>> = {
  'chart/Chart.yaml':
    'apiVersion: v2\nname: web\nversion: 1.0.0\nannotations:\n  images: "- {name: a, image: a/b:1}"\ndependencies: []\n',
  'chart/values.yaml': 'image: {repository: ghcr.io/contoso/web, tag: "1.0"}\nmetrics: {enabled: false}\n',
  'chart/templates/a.yaml':
    'kind: Pod\napiVersion: v1\nmetadata: {name: a}\nspec:\n  containers:\n    - {name: a, image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"}\n',
  'chart-images.yaml': 'charts: [{chart: chart}]\nignore: [{image: "x/*", reason: none}]\n',
  'cnf-input.jsonc':
    '{"helm_packages": [{"name": "web", "path_to_chart": "chart", "default_values": "", "depends_on": []}], "image_sources": ["127.0.0.1:1"]}',
  'home/.docker/config.json': JSON.stringify({
    auths: { '127.0.0.1:1': { auth: Buffer.from(`${user}:${planted.password}`).toString('base64') } },
  }),
};

async function runOne(seed: string, index: number, longest: number, tally: Tally): Promise<void> {
  const random = randomOf(`${wholeRuns}:${seed}:${index}`);
  const work = mkdtempSync(join(tmpdir(), 'chart-images-whole-'));
  const broken = random.pick(Object.keys(chart));
  for (const [name, text] of Object.entries(chart)) {
    mkdirSync(dirname(join(work, name)), { recursive: true });
    writeFileSync(join(work, name), name === broken ? mutateBytes(mutateText(text, random), random) : text);
  }
  const runner = join(work, 'runner');
  mkdirSync(runner);
  const files = { GITHUB_OUTPUT: join(work, 'output'), GITHUB_STEP_SUMMARY: join(work, 'summary.md') };
  for (const file of Object.values(files)) writeFileSync(file, '');
  const inputs: Readonly<Record<string, string>> = {
    resolve: random.once(4) ? 'true' : 'false',
    'image-sources': '127.0.0.1:1',
    'registry-credentials': `other.test ${user} ${planted.password}`,
    report: 'report',
    ...(broken === 'cnf-input.jsonc' ? { 'input-file': 'cnf-input.jsonc' } : {}),
  };
  const variables = Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]);
  const start = performance.now();
  const run = await runBundle(work, longest, {
    PATH: [toolFolder('helm-4'), process.env['PATH'] ?? ''].join(':'),
    HOME: join(work, 'home'),
    TMPDIR: runner,
    GITHUB_ACTIONS: 'true',
    GITHUB_WORKSPACE: work,
    RUNNER_TEMP: runner,
    RUNNER_TOOL_CACHE: runner,
    RUNNER_DEBUG: '1',
    SECRET_OF_THE_JOB: planted.variable,
    ...files,
    ...Object.fromEntries(variables),
  });
  tally.inputs += 1;
  tally.slowest = Math.max(tally.slowest, performance.now() - start);
  tally.memory = Math.max(tally.memory, run.memory);
  tally.outcomes.set(`exit ${run.code}`, (tally.outcomes.get(`exit ${run.code}`) ?? 0) + 1);
  const fail = (what: Fault, detail: string) =>
    void tally.failures.push({ kind: wholeRuns, index, what, detail: `${broken}: ${detail}` });
  if (run.hung) fail('hang', `the run was ended after ${longest / 1000} s`);
  else if (run.code === null || ![0, 1, 2, 3].includes(run.code))
    fail('ended', `exit ${run.code}: ${run.output.slice(-500)}`);
  if (run.memory > mostMemory) fail('memory', `${Math.round(run.memory / 2 ** 20)} MiB`);
  const shown = [
    run.output.replaceAll(/^::add-mask::.*$/gm, ''),
    ...[...Object.values(files), join(work, 'report/images.json')].map(read),
  ].join('\n');
  if (/\binternal\b.*fault in chart-images|"code": ?"internal"/.test(shown)) fail('internal', run.output.slice(-1000));
  const [secret] = secretsIn(shown);
  if (secret !== undefined) fail('secret', `the planted ${secret} was shown`);
  const strange = strangeCommands(run.output);
  if (strange.length > 0) fail('command', strange.slice(0, 3).join('\n'));
  rmSync(work, { recursive: true, force: true });
}

interface BundleRun {
  readonly code: number | null;
  readonly hung: boolean;
  readonly output: string;
  /** Bytes; 0 where the system does not say. */
  readonly memory: number;
}

async function runBundle(cwd: string, longest: number, env: Readonly<Record<string, string>>): Promise<BundleRun> {
  const child = spawn(process.execPath, [bundle], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let memory = 0;
  let hung = false;
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  const watch = setInterval(() => {
    memory = Math.max(memory, peakOf(child.pid));
  }, 20);
  const timer = setTimeout(() => {
    hung = true;
    child.kill('SIGKILL');
  }, longest);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  clearInterval(watch);
  clearTimeout(timer);
  return { code, hung, output, memory };
}

/** The most memory that a process has had, by Linux. */
function peakOf(pid: number | undefined): number {
  const kibibytes = /^VmHWM:\s+(\d+) kB/m.exec(read(`/proc/${pid}/status`))?.[1];
  return Number(kibibytes ?? 0) * 1024;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Not written, or a process that has ended.
    return '';
  }
}
