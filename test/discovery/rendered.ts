import { discover } from '../../src/discovery/discover.ts';
import type { Discovery } from '../../src/discovery/image-use.ts';
import type { Chart } from '../../src/helm/charts/chart.ts';
import type { Rendering } from '../../src/helm/cli/rendering.ts';

interface Options {
  readonly valueSet?: string;
  readonly displayPath?: string;
  readonly kind?: Chart['kind'];
  readonly files?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A rendering as the helm room hands it over. */
export function rendered(text: string, options: Options = {}): Rendering {
  const { valueSet = 'default', displayPath = 'charts/shop', kind = 'folder', files = {}, annotations = {} } = options;
  const chart: Chart = {
    metadata: {
      name: 'shop',
      version: '1.0.0',
      type: 'application',
      kubeVersion: undefined,
      annotations,
      dependencies: [],
    },
    displayPath,
    path: `/elsewhere/${displayPath}`,
    kind,
    valueSets: [{ name: valueSet, valueFiles: [], set: [] }],
    readFile: async (path) => files[path],
  };
  return { chart, valueSet, text, helmVersion: '4.2.4' };
}

/** One document of the template `shop/templates/a.yaml`, as helm prints it. */
export function document(body: string, template = 'shop/templates/a.yaml'): string {
  return `---\n# Source: ${template}\n${body.replace(/\n?$/, '\n')}`;
}

export function discovered(...bodies: readonly string[]): Discovery {
  return discover([rendered(bodies.map((body) => document(body)).join(''))]);
}

/** The images as `confidence image`, in the order of the report. */
export function imagesOf(discovery: Discovery): readonly string[] {
  return discovery.images.map((image) => `${image.confidence} ${image.image}`);
}
