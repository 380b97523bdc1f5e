/** A work folder for a test, and charts located in it as a run does. */
import { silentLog } from '../../../src/core/log.ts';
import type { ChartRequest } from '../../../src/helm/charts/chart.ts';
import { type LocateDeps, locateCharts } from '../../../src/helm/charts/locate-charts.ts';
import { testFolder } from '../../support/folder.ts';

/** Where the charts are declared. */
export const declaredAt = { file: 'cnf-input.jsonc', line: 7 };

export interface Setting {
  readonly work: string;
  locate(...locations: readonly (string | Partial<ChartRequest>)[]): ReturnType<typeof locateCharts>;
}

export async function setting(deps: Partial<LocateDeps> = {}): Promise<Setting> {
  const work = await testFolder();
  const temporary = await testFolder();
  const all: LocateDeps = {
    workFolder: work,
    temporary,
    pull: () => Promise.reject(new Error('nothing is pulled here')),
    log: silentLog,
    signal: new AbortController().signal,
    ...deps,
  };
  const request = (given: string | Partial<ChartRequest>): ChartRequest => ({
    location: '',
    baseFolders: [work],
    valueSets: [{ name: 'default', valueFiles: [], set: [] }],
    declaredAt,
    ...(typeof given === 'string' ? { location: given } : given),
  });
  return { work, locate: (...locations) => locateCharts(locations.map(request), all) };
}
