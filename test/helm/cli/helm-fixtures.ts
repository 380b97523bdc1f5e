/** A work folder, charts in it, and what helm runs need; every test has its own. */
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createHttpClient } from '../../../src/core/http/http.ts';
import type { ResolveHost } from '../../../src/core/http/private-hosts.ts';
import { defaultRetryPolicy } from '../../../src/core/http/retry-policy.ts';
import type { Log } from '../../../src/core/log.ts';
import type { Chart, ValueSet } from '../../../src/helm/charts/chart.ts';
import { locateCharts } from '../../../src/helm/charts/locate-charts.ts';
import type { ChartDownloads } from '../../../src/helm/cli/chart-fetcher.ts';
import type { Helm } from '../../../src/helm/cli/helm.ts';
import { type HelmRenderContext, renderCharts } from '../../../src/helm/cli/render-charts.ts';
import type { Rendering } from '../../../src/helm/cli/rendering.ts';
import type { RenderOptions } from '../../../src/helm/cli/template-arguments.ts';
import { type BasicCredential, createChartDownloads } from '../../../src/helm/downloads/chart-downloads.ts';
import { checkedHttp, createUrlCheck } from '../../../src/helm/downloads/url-check.ts';
import { createRegistries } from '../../../src/registry/client/registry-pool.ts';
import { noCredential } from '../../../src/registry/credentials/credential.ts';
import { traceOf } from '../../support/credential-trace.ts';
import { testFolder } from '../../support/folder.ts';

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
  readonly access: HelmRenderContext;
  chart(location: string, ...valueSets: readonly ValueSet[]): Promise<Chart>;
  render(helm: Helm, chart: Chart, options?: Partial<RenderOptions>): Promise<readonly Rendering[]>;
}

/** What the user said of hosts that charts come from. */
export interface HostsGiven {
  /** Hosts with ports that inputs name: without it a loopback address is asked by no chart. */
  readonly named?: readonly string[] | undefined;
  readonly plainHttp?: ((host: string) => boolean) | undefined;
  readonly credentials?: ((host: string) => Promise<BasicCredential | undefined>) | undefined;
  readonly resolveHost?: ResolveHost | undefined;
  /** Milliseconds for one download. */
  readonly deadline?: number | undefined;
}

/** The product's downloads, as a run has them. */
export async function downloadsFor(log: Log, given: HostsGiven = {}): Promise<ChartDownloads> {
  const { named = [], plainHttp = isLoopback, credentials = async () => undefined } = given;
  const { signal } = new AbortController();
  const http = await createHttpClient({
    log,
    signal,
    proxyEnv: {},
    retryPolicy: { ...defaultRetryPolicy, whenFailing: 300 },
  });
  onTestFinished(() => http.close());
  const checkUrl = createUrlCheck({ named, plainHttp, resolveHost: given.resolveHost });
  const registries = createRegistries({
    http: checkedHttp(http, checkUrl),
    credentials: {
      async get(host) {
        const credential = await credentials(host);
        return credential === undefined ? noCredential : { kind: 'basic', ...credential };
      },
    },
    plainHttp: named.filter(plainHttp),
    concurrency: 4,
    trace: traceOf(),
    log,
  });
  const registry = async (host: string) => registries.get(host);
  const deadline = given.deadline === undefined ? {} : { deadline: given.deadline };
  return createChartDownloads({ http, checkUrl, credentials, registry, ...deadline });
}

const isLoopback = (host: string) => /^(?:127\.0\.0\.1|localhost)(?::|$)/.test(host);

export async function helmSetting({
  named,
  plainHttp,
  credentials,
  resolveHost,
  deadline,
  ...given
}: Partial<HelmRenderContext> & HostsGiven = {}): Promise<HelmSetting> {
  const work = await testFolder();
  const log = recordingLog();
  const hosts = { named, plainHttp, credentials, addressesOf: resolveHost, deadline };
  const access: HelmRenderContext = {
    workFolder: work,
    environment: process.env,
    temporary: await testFolder(),
    downloads: await downloadsFor(log, hosts),
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
        declaredAt: undefined,
      };
      const pull = () => Promise.reject(new Error('nothing is pulled here'));
      const [chart] = await locateCharts([request], { ...access, pull });
      if (chart === undefined) throw new Error(`no chart at ${location}`);
      return chart;
    },
    render: (helm, chart, options = {}) => renderCharts(helm, [chart], { ...noOptions, ...options }, access),
  };
}
