/** A run on a change, in this process: the run's own code with real git and real helm, on a host of paper. */
import { mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { onTestFinished, vi } from 'vitest';
import { toolFolder } from '../../scripts/tools.ts';
import { run } from '../../src/app/run.ts';
import type { Host } from '../../src/hosts/host.ts';
import type { ImagesJson } from '../../src/report/json/json-types.ts';
import type { Annotation } from '../../src/report/model/annotations.ts';
import { gitEnvironment } from './checkout.ts';
import { testFolder } from './folder.ts';
import { recordingHost } from './recording-host.ts';

export interface ChangeRun {
  readonly report: ImagesJson;
  /** `added a:1`, `moved a:1 -> a:2`, `removed b:1`, sorted. Undefined without a base. */
  readonly changes: readonly string[] | undefined;
  readonly codes: readonly string[];
  readonly annotations: readonly Annotation[];
  readonly summary: string;
  readonly log: string;
  readonly exit: number | undefined;
}

export interface ChangeRequest {
  readonly host: Host['name'];
  /** The workspace of the host. */
  readonly work: string;
  /** Variables of the host; see `pull-request-hosts.ts`. */
  readonly env: Readonly<Record<string, string>>;
  readonly inputs?: Readonly<Record<string, string>>;
  /** Folders before the others on the PATH. */
  readonly path?: readonly string[];
}

export async function runChange({ host: name, work, env, inputs, path = [] }: ChangeRequest): Promise<ChangeRun> {
  const home = await testFolder();
  const folders = { work, temporary: join(home, 'temporary'), toolCache: join(home, 'tools') };
  await mkdir(folders.temporary);
  const PATH = [...path, toolFolder('helm-4'), gitEnvironment.PATH ?? ''].join(delimiter);
  setEnvironment({ ...gitEnvironment, ...env, PATH });
  let log = '';
  const line = (text: string) => {
    log += `${text}\n`;
  };
  const { host, shown } = recordingHost(work, {
    name,
    inputs: { charts: 'charts/*', resolve: 'false', ...inputs },
    log: { debug: () => {}, info: line, warning: (text) => line(`warning: ${text}`) },
    folders,
  });
  await run(host, new AbortController().signal);
  // Written by this run itself.
  const report = JSON.parse(shown.json) as ImagesJson;
  return {
    report,
    changes: report.delta && changesOf(report.delta),
    codes: [...report.errors, ...report.findings].map(({ code }) => code),
    annotations: shown.annotations,
    summary: shown.summary,
    log,
    exit: shown.exit,
  };
}

function changesOf({ added, removed, moved }: NonNullable<ImagesJson['delta']>): readonly string[] {
  return [
    ...added.map(({ image }) => `added ${image}`),
    ...moved.map(({ from, to }) => `moved ${from} -> ${to}`),
    ...removed.map(({ image }) => `removed ${image}`),
  ].toSorted();
}

/** Nothing of the machine that runs the tests, which may be a runner itself. */
function setEnvironment(environment: Readonly<Record<string, string | undefined>>): void {
  for (const name of Object.keys(process.env)) {
    if (/^(GITHUB|BUILD|SYSTEM|AGENT|RUNNER|GIT|INPUT)_|^(CI|TF_BUILD)$/.test(name)) vi.stubEnv(name, undefined);
  }
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());
}

/** The payload of an event of GitHub in its file. */
export async function eventFile(payload: unknown): Promise<string> {
  const path = join(await testFolder(), 'event.json');
  await writeFile(path, JSON.stringify(payload));
  return path;
}
