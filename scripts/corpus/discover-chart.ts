import type { Chart } from '../../src/charts/chart.ts';
import { discover } from '../../src/discovery/discover.ts';
import type { DiscoveredImage } from '../../src/discovery/use.ts';

/** What discovery finds in one rendered text. The chart's own annotations are left out: the corpus judges manifests. */
export function discoverText(name: string, text: string, helmVersion: string): readonly DiscoveredImage[] {
  const chart: Chart = {
    metadata: {
      name,
      version: '0.0.0',
      type: 'application',
      kubeVersion: undefined,
      annotations: {},
      dependencies: [],
    },
    displayPath: name,
    path: name,
    form: 'archive',
    valueSets: [],
    readFile: async () => undefined,
  };
  return discover([{ chart, valueSet: 'default', text, helmVersion }]).images;
}
