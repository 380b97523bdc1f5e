/** A work folder, charts in it, and what helm runs need; every test has its own. */
import { join } from 'node:path';
import type { Chart, ValueSet } from '../../src/charts/chart.ts';
import { locateCharts } from '../../src/charts/locate-charts.ts';
import type { Helm } from '../../src/helm/helm.ts';
import { type RenderAccess, renderCharts } from '../../src/helm/render-charts.ts';
import type { Rendering } from '../../src/helm/rendering.ts';
import type { RenderOptions } from '../../src/helm/template-arguments.ts';
import type { Log } from '../../src/log.ts';
import { testFolder } from '../support/folder.ts';

export interface RecordingLog extends Log {
  readonly warnings: readonly string[];
  readonly lines: readonly string[];
}

export function recordingLog(): RecordingLog {
  const warnings: string[] = [];
  const lines: string[] = [];
  const keep = (line: string) => void lines.push(line);
  return { warnings, lines, debug: keep, info: keep, warning: (line) => void warnings.push(line) };
}

export const noOptions: RenderOptions = {
  kubeVersion: undefined,
  apiVersions: [],
  namespace: undefined,
  releaseName: undefined,
};

export const defaultSet: ValueSet = { name: 'default', valueFiles: [], set: [] };

export interface HelmSetting {
  readonly work: string;
  readonly log: RecordingLog;
  readonly access: RenderAccess;
  chart(location: string, ...valueSets: readonly ValueSet[]): Promise<Chart>;
  render(helm: Helm, chart: Chart, options?: Partial<RenderOptions>): Promise<readonly Rendering[]>;
}

export async function helmSetting(given: Partial<RenderAccess> = {}): Promise<HelmSetting> {
  const work = await testFolder();
  const log = recordingLog();
  const access: RenderAccess = {
    workFolder: work,
    environment: process.env,
    temporary: await testFolder(),
    credentials: async () => undefined,
    plainHttp: (host) => host.startsWith('127.0.0.1'),
    caFile: undefined,
    log,
    signal: new AbortController().signal,
    ...given,
  };
  return {
    work,
    log,
    access,
    async chart(location, ...valueSets) {
      const request = {
        location: join(work, location),
        baseFolders: [],
        valueSets: valueSets.length > 0 ? valueSets : [defaultSet],
        place: undefined,
      };
      const pull = () => Promise.reject(new Error('nothing is pulled here'));
      const [chart] = await locateCharts([request], { ...access, pull });
      if (chart === undefined) throw new Error(`no chart at ${location}`);
      return chart;
    },
    render: (helm, chart, options = {}) => renderCharts(helm, [chart], { ...noOptions, ...options }, access),
  };
}
