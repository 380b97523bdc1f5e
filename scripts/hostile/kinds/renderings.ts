import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { discoverInTurns } from '../../../src/discovery/discover-in-turns.ts';
import type { Chart } from '../../../src/helm/charts/chart.ts';
import { publishReport } from '../../../src/hosts/publish-report.ts';
import { emptyReport } from '../../../src/report/model/report.ts';
import type { Opened } from '../kind.ts';
import { mutateText } from '../mutate-text.ts';
import { planted } from '../planted.ts';
import type { Random } from '../random.ts';
import { openRunner } from '../runner.ts';

/** Where the campaign leaves what helm printed for the charts of the corpus. */
export const renderingsVariable = 'HOSTILE_RENDERINGS';

const own: readonly string[] = [
  'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, labels: {app: web}}\nspec:\n  template:\n    spec:\n      initContainers:\n        - {name: init, image: "docker.io/library/busybox:1.36"}\n      containers:\n        - name: web\n          image: repository/release/contoso-a:1.0.0\n          args: [--sidecar-image=ghcr.io/contoso/b:2, --level=info]\n          env:\n            - {name: PROXY_IMAGE, value: "quay.io/contoso/proxy:v3"}\n',
  'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: config}\ndata:\n  config.yaml: |\n    image:\n      registry: docker.io\n      repository: bitnami/redis\n      tag: "7"\n  run.sh: |\n    #!/bin/sh\n    IMAGE=quay.io/a/b:1\n    docker run --rm $IMAGE\n  values.json: \'{"image": "ghcr.io/c/d@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}\'\n',
  'apiVersion: monitoring.coreos.com/v1\nkind: Prometheus\nmetadata: {name: p}\nspec:\n  image: quay.io/prometheus/prometheus:v2.51.0\n  baseImage: quay.io/prometheus/prometheus\n  version: v2.51.0\n  thanos: {image: "quay.io/thanos/thanos:v0.34.1", baseImage: x}\n',
  'apiVersion: batch/v1\nkind: CronJob\nspec:\n  jobTemplate:\n    spec:\n      template:\n        metadata: {annotations: {images: "- a/b:1"}}\n        spec: &pod\n          containers: [{name: a, image: &i "a/b:1"}, {name: b, image: *i}]\n',
  'kind: List\nitems:\n  - kind: Pod\n    spec: {containers: [{image: "x/y:1"}], ephemeralContainers: [{image: "z:2"}]}\n  - {kind: Pod, spec: {containers: [{image: "x/y:1"}]}}\n',
];

/** Renderings as helm prints them, of up to eight documents; one in three hundred is some megabytes large. */
export async function openRenderings(folder: string): Promise<Opened> {
  const documents = [...own, ...corpusDocuments()];
  const runner = await openRunner(folder);
  return {
    make(random) {
      const text = renderingOf(documents, random);
      return {
        input: text,
        async run() {
          const chart: Chart = {
            metadata: {
              name: 'shop',
              version: '1.0.0',
              type: 'application',
              kubeVersion: undefined,
              annotations: { images: text.slice(0, 2000) },
              dependencies: [],
            },
            displayPath: 'charts/shop',
            path: join(folder, 'charts/shop'),
            kind: 'folder',
            valueSets: [{ name: 'default', valueFiles: [], set: [] }],
            readFile: async () => undefined,
          };
          const { signal } = new AbortController();
          const discovery = await discoverInTurns([{ chart, valueSet: 'default', text, helmVersion: '4.2.4' }], signal);
          const report = {
            ...emptyReport,
            charts: [{ chart, helmVersion: '4.2.4' }],
            discovery,
            findings: discovery.findings,
          };
          const texts = await runner.around(async (host) => {
            for (const secret of Object.values(planted)) host.mask(secret);
            await publishReport(report, host, undefined, signal);
          });
          return { outcome: discovery.images.length > 0 ? 'images' : 'no image', texts };
        },
      };
    },
  };
}

function corpusDocuments(): readonly string[] {
  const folder = process.env[renderingsVariable];
  if (folder === undefined || !existsSync(folder)) return [];
  const texts = readdirSync(folder)
    .sort()
    .map((name) => readFileSync(join(folder, name), 'utf8'));
  return texts
    .flatMap((text) => text.split(/^---$/m))
    .filter((document) => document.length > 20 && document.length < 16_384);
}

function renderingOf(documents: readonly string[], random: Random): string {
  const picked = Array.from({ length: 1 + random.below(4) }, () => random.pick(documents));
  const text = picked.map((body, index) => `---\n# Source: shop/templates/${index}.yaml\n${body}\n`).join('');
  const mutated = mutateText(text, random);
  return random.once(300)
    ? mutated.repeat(Math.ceil((4 * 2 ** 20) / Math.max(1, mutated.length))).slice(0, 4 * 2 ** 20)
    : mutated;
}
