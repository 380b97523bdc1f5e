/** Toggles that a chart refuses together: renderings that are left over try each of them alone. */
import { expect, test } from 'vitest';
import { pod, search, shop } from './toggle-fixtures.ts';

const names = ['alpha', 'beta', 'gamma', 'delta', 'epsilon', 'zeta'];

test('each of six booleans that exclude each other is tried, although no error names one', async () => {
  const modes = names.map((name) => `{{- if .Values.${name} }}{{- $modes = append $modes "${name}" }}{{- end }}`);
  const found = await search(
    shop(`${names.map((name) => `${name}: false`).join('\n')}\n`, {
      'templates/_helpers.tpl': `{{ define "mode" }}{{- $modes := list }}${modes.join('')}{{ if gt (len $modes) 1 }}{{ fail "only one mode" }}{{ end }}{{ join "" $modes }}{{ end }}`,
      'templates/mode.yaml': `{{- $mode := include "mode" . }}{{ with $mode }}${pod('mode', 'registry.example/{{ . }}:1')}{{ end }}`,
    }),
  );
  expect(found.minimalSets.toSorted()).toEqual(
    names.map((name) => `registry.example/${name}:1: ${name}=true`).toSorted(),
  );
  expect(found.findings).toEqual([]);
});

test('conditions of Chart.yaml are tried first and one by one, if the chart refuses them together', async () => {
  const found = await search(
    shop(`${names.map((name) => `${name}: { enabled: false }`).join('\n')}\n`, {
      'Chart.yaml': `apiVersion: v2\nname: shop\nversion: 1.0.0\ndependencies:\n${names
        .map((name) => `  - { name: ${name}, version: 1.0.0, condition: ${name}.enabled }`)
        .join('\n')}\n`,
      ...Object.fromEntries(
        names.flatMap((name) => [
          [`charts/${name}/Chart.yaml`, `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n`],
          [`charts/${name}/templates/pod.yaml`, pod(name, `registry.example/${name}:1`)],
        ]),
      ),
      'templates/check.yaml': `{{- $on := 0 }}{{ range $name, $values := .Values }}{{ if kindIs "map" $values }}{{ if $values.enabled }}{{ $on = add1 $on }}{{ end }}{{ end }}{{ end }}{{ if gt (int $on) 1 }}{{ fail "choose one database" }}{{ end }}`,
    }),
  );
  expect(found.minimalSets.toSorted()).toEqual(
    names.map((name) => `registry.example/${name}:1: ${name}.enabled=true`).toSorted(),
  );
  expect(found.findings).toEqual([]);
});

test('a toggle that the chart refuses alone is listed, and all such toggles are in the finding', async () => {
  const broken = Array.from({ length: 8 }, (_, index) => `f${index}`);
  const found = await search(
    shop(`${broken.map((name) => `${name}: { enabled: false }`).join('\n')}\n`, {
      'templates/broken.yaml': broken
        .map((name) => `{{ if .Values.${name}.enabled }}{{ fail "needs a password" }}{{ end }}`)
        .join('\n'),
    }),
  );
  expect(found.findings).toMatchObject([
    {
      code: 'unexplored',
      toggles: broken.map((name) => `${name}.enabled`),
      message: expect.stringContaining('3 more'),
    },
  ]);
});
