/** Charts that are on no disk, as far as a destination reads them. */
import type { Chart } from '../../../src/helm/charts/chart.ts';

/** Without `chartYaml` the chart has lost its Chart.yaml since it was loaded. */
export function chartNamed(name: string, version: string, chartYaml?: string): Chart {
  return {
    metadata: {
      name,
      version,
      type: 'application',
      kubeVersion: undefined,
      annotations: {},
      dependencies: [],
    },
    displayPath: `charts/${name}`,
    path: `/nowhere/${name}`,
    kind: 'folder',
    valueSets: [],
    readFile: async (path) => (path === 'Chart.yaml' ? chartYaml : undefined),
  };
}
