/** What the scripts share that render the charts of the corpus by folder: their arguments, helm and its context. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '../../src/core/log.ts';
import type { HelmRenderContext } from '../../src/helm/cli/render-charts.ts';
import { provideTool, toolPath } from '../tools.ts';
import { type CorpusChart, openCorpus, readCorpus } from './charts.ts';
import { noDownloads } from './no-downloads.ts';

export interface ValueRun {
  readonly corpus: string;
  readonly helm: { readonly path: string; readonly version: string };
  /** Its working folder is a temporary one, for the caller to remove. */
  readonly access: HelmRenderContext;
  /** Those with a chart, and of these the named ones. */
  readonly charts: readonly CorpusChart[];
  /** Whether charts were named. */
  readonly isPartial: boolean;
}

/** Arguments: a folder (else the corpus beside the repository), `helm-3` (else helm 4), and names of charts. */
export async function openValueRun(name: string): Promise<ValueRun> {
  const given = process.argv.slice(2);
  const release = given.includes('helm-3') ? 'helm-3' : 'helm-4';
  const corpus = given.find((argument) => argument.includes('/')) ?? openCorpus;
  const only = given.filter((argument) => argument !== release && !argument.includes('/'));
  provideTool(release);
  const workFolder = await mkdtemp(join(tmpdir(), `chart-images-${name}-`));
  return {
    corpus,
    helm: { path: toolPath(release), version: release },
    access: {
      workFolder,
      temporary: join(workFolder, 'temporary'),
      environment: process.env,
      downloads: noDownloads,
      log: silentLog,
      signal: new AbortController().signal,
    },
    charts: [...readCorpus(corpus)].filter(
      ({ synthetic, chart }) => synthetic !== true && (only.length === 0 || only.includes(chart)),
    ),
    isPartial: only.length > 0,
  };
}
