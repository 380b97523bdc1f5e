/** Runs the program in this process, on a host that keeps what it is given. */
import { run } from '../../src/app/run.ts';
import type { Host } from '../../src/hosts/host.ts';
import type { ImagesJson } from '../../src/report/json/json-types.ts';
import type { Annotation } from '../../src/report/model/annotations.ts';
import { testFolder } from './folder.ts';

export interface RecordedRun {
  readonly exit: number | undefined;
  /** One sentence. */
  readonly summary: string;
  readonly report: ImagesJson;
  readonly annotations: readonly Annotation[];
  readonly log: readonly string[];
}

export async function runHere(
  work: string,
  inputs: Readonly<Record<string, string>>,
  signal: AbortSignal = new AbortController().signal,
): Promise<RecordedRun> {
  const annotations: Annotation[] = [];
  const log: string[] = [];
  const keep = (line: string) => void log.push(line);
  let ended: { readonly exit: number; readonly summary: string } | undefined;
  let json = '';
  const same = (text: string) => text;
  const host: Host = {
    name: 'terminal',
    log: { debug: keep, info: keep, warning: keep },
    explainCredentials: () => {},
    inputs,
    serviceEndpoints: {},
    folders: { work, temporary: await testFolder(), toolCache: await testFolder() },
    reportFolder: undefined,
    mask: () => {},
    maskIssued: () => {},
    secretMask: { name: same, text: same },
    group: async (_, inside) => await inside(),
    withProgress: async (_, inside) => await inside(),
    annotate: (annotation) => void annotations.push(annotation),
    setOutput: () => {},
    writeSummary: async () => {},
    publishTests: async () => {},
    display: { color: 'plain' },
    print: (output) => {
      json = output.json;
    },
    finish: (exit, summary) => {
      ended = { exit, summary };
    },
  };
  await run(host, signal);
  // Written by the program itself, and checked by its own tests.
  const report: ImagesJson = JSON.parse(json);
  return { exit: ended?.exit, summary: ended?.summary ?? '', report, annotations, log };
}
