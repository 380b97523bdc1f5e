/** Charts as a platform team has them by the thousand: small, five images each, some of them in many charts. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const usesPerChart = 5;

/** Images for so many charts: 1,500 for 2,000. */
export function imagesFor(charts: number): number {
  return Math.ceil((charts * 3) / 4);
}

/** The repository of an image, below the registry. */
export function repositoryOf(image: number): string {
  return `team-${image % 40}/service-${image}`;
}

export const tag = '1.0';

/** Writes the charts below the folder; `registry` stands in front of every image. */
export function writeCharts(folder: string, registry: string, charts: number): void {
  const images = imagesFor(charts);
  for (let chart = 0; chart < charts; chart += 1) {
    const name = `chart-${String(chart).padStart(4, '0')}`;
    const templates = join(folder, name, 'templates');
    mkdirSync(templates, { recursive: true });
    writeFileSync(join(folder, name, 'Chart.yaml'), `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n`);
    const used = imagesOf(chart, images);
    writeFileSync(join(folder, name, 'values.yaml'), `registry: ${registry}\n${used.map(valuesOf).join('')}`);
    for (const use of used.keys()) writeFileSync(join(templates, `workload-${use}.yaml`), workload(use));
  }
}

/** Neighbours overlap, so that every image stands in several charts. */
function imagesOf(chart: number, images: number): readonly number[] {
  return Array.from({ length: usesPerChart }, (_, use) => (chart * 3 + use * 7) % images);
}

/** Writes beside each chart what helm prints for it, for a stub that stands in for helm. */
export function writeRenderings(folder: string, registry: string, charts: number): void {
  const images = imagesFor(charts);
  for (let chart = 0; chart < charts; chart += 1) {
    const name = `chart-${String(chart).padStart(4, '0')}`;
    const documents = imagesOf(chart, images).map((image, use) => {
      const text = workload(use)
        .replace('{{ .Release.Name }}', 'release-name')
        .replace(/"\{\{.*\}\}"/, `"${registry}/${repositoryOf(image)}:${tag}"`);
      return `---\n# Source: ${name}/templates/workload-${use}.yaml\n${text}`;
    });
    writeFileSync(join(folder, name, renderingName), documents.join(''));
  }
}

export const renderingName = 'rendering.txt';

function valuesOf(image: number, use: number): string {
  return `workload${use}:\n  image:\n    repository: ${repositoryOf(image)}\n    tag: "${tag}"\n`;
}

function workload(use: number): string {
  const values = `.Values.workload${use}.image`;
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}-workload-${use}
spec:
  replicas: 1
  selector:
    matchLabels: {app: workload-${use}}
  template:
    metadata:
      labels: {app: workload-${use}}
    spec:
      containers:
        - name: main
          image: "{{ .Values.registry }}/{{ ${values}.repository }}:{{ ${values}.tag }}"
          ports: [{containerPort: 8080}]
`;
}
