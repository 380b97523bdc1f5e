/** The charts of a corpus have all that they need: none asks a host. */
import type { ChartDownloads } from '../../src/helm/cli/chart-fetcher.ts';

const refuse = (): Promise<never> => Promise.reject(new Error('a chart of the corpus wants something from a host'));

export const noDownloads: ChartDownloads = { index: refuse, archive: refuse, tags: refuse, package: refuse };
