import { discover } from '../../src/discovery/discover.ts';
import type { DiscoveredImage } from '../../src/discovery/image-use.ts';
import type { Chart } from '../../src/helm/charts/chart.ts';

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
    kind: 'archive',
    valueSets: [],
    readFile: async () => undefined,
  };
  return discover([{ chart, valueSet: 'default', text, helmVersion }]).images;
}
