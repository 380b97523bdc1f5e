/**
 * A chart of many small deployments, as an author writes it: registry, repository and tag of each image stand in
 * values.yaml.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const tag = '1.4.2';

/** `team/app-01`, `team/app-02`, … */
export function repositories(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `team/app-${String(index + 1).padStart(2, '0')}`);
}

/** Writes the chart and gives its folder. */
export function writeChart(parent: string, count: number): string {
  const chart = join(parent, 'chart');
  mkdirSync(join(chart, 'templates'), { recursive: true });
  writeFileSync(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: bench\nversion: 1.0.0\n');
  const names = repositories(count).map((repository) => ({ repository, key: keyOf(repository) }));
  const values = names.map(
    ({ repository, key }) => `${key}:\n  replicas: 1\n  image:\n    repository: ${repository}\n    tag: "${tag}"\n`,
  );
  writeFileSync(join(chart, 'values.yaml'), `global:\n  registry: registry.example.com\n${values.join('')}`);
  for (const { key } of names) writeFileSync(join(chart, 'templates', `${key}.yaml`), deployment(key));
  return chart;
}

function keyOf(repository: string): string {
  return repository.replace('team/', '').replace('-', '');
}

function deployment(key: string): string {
  const image = `{{ .Values.global.registry }}/{{ .Values.${key}.image.repository }}:{{ .Values.${key}.image.tag }}`;
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}-${key}
  labels:
    app: ${key}
spec:
  replicas: {{ .Values.${key}.replicas }}
  selector:
    matchLabels:
      app: ${key}
  template:
    metadata:
      labels:
        app: ${key}
    spec:
      containers:
        - name: ${key}
          image: "${image}"
          ports:
            - containerPort: 8080
`;
}
