/** A host in this process that keeps what a run shows. */
import { silentLog } from '../../src/core/log.ts';
import type { Host } from '../../src/hosts/host.ts';
import type { Annotation } from '../../src/report/model/annotations.ts';

export interface Shown {
  readonly annotations: Annotation[];
  tests: string;
  table: string;
  json: string;
  summary: string;
  exit: number | undefined;
  readonly outputs: Record<string, string>;
}

/** `folder` is the work folder and that for temporary files. */
export function recordingHost(
  folder: string,
  over: Partial<Host> = {},
): { readonly host: Host; readonly shown: Shown } {
  const shown: Shown = { annotations: [], tests: '', table: '', json: '', summary: '', exit: undefined, outputs: {} };
  const host: Host = {
    name: 'github',
    log: silentLog,
    explainCredentials: () => {},
    inputs: {},
    serviceEndpoints: {},
    folders: { work: folder, temporary: folder, toolCache: folder },
    repositoryPath: (file) => file,
    reportFolder: undefined,
    mask: () => {},
    maskIssued: () => {},
    secretMask: { text: (text) => text, name: (name) => name },
    group: async (_, work) => await work(),
    withProgress: async (_, work) => await work(),
    annotate: (annotation) => shown.annotations.push(annotation),
    setOutput: (name, value) => {
      shown.outputs[name] = value;
    },
    writeSummary: async (markdown) => {
      shown.summary = markdown;
    },
    publishTests: async (junit) => {
      shown.tests = junit;
    },
    display: { color: 'plain' },
    print: ({ table, json }) => {
      shown.table = table;
      shown.json = json;
    },
    finish: (exit) => {
      shown.exit = exit;
    },
    ...over,
  };
  return { host, shown };
}
