import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { chartFiles, helms, writeFiles } from '../../support/charts.ts';
import { faultOf } from '../../support/faults.ts';
import { helmSetting } from './helm-fixtures.ts';

describe.each(helms)('rendering with $title', ({ helm }) => {
  test('is-upgrade renders what a chart has only for an upgrade', async () => {
    const { work, chart, render } = await helmSetting();
    const template = 'image: {{ ternary "reg.example/migrate:1" "reg.example/install:1" .Release.IsUpgrade }}\n';
    await writeFiles(join(work, 'c'), chartFiles('c', { 'templates/x.yaml': template }));
    const textOf = async (isUpgrade: boolean) => (await render(helm, await chart('c'), { isUpgrade }))[0]?.text;
    expect(await textOf(true)).toContain('reg.example/migrate:1');
    expect(await textOf(false)).toContain('reg.example/install:1');
  });

  test('skip-schema-validation renders values that the schema of the chart refuses', async () => {
    const { work, chart, render } = await helmSetting();
    await writeFiles(join(work, 'c'), chartFiles('c', { 'values.schema.json': '{"required":["x"]}' }));
    const refused = await faultOf(render(helm, await chart('c')));
    expect(refused).toMatchObject({ code: 'chart-render', advice: expect.stringContaining('skip-schema-validation') });
    const [rendering] = await render(helm, await chart('c'), { skipSchemaValidation: true });
    expect(rendering?.text).toContain('registry.example/app:1.0.0');
  });

  test('a template that fails on the result of lookup gets the advice that rendering has no cluster', async () => {
    const { work, chart, render } = await helmSetting();
    const template = '{{- $secret := lookup "v1" "Secret" "ns" "x" }}\na: {{ index $secret.data "password" }}\n';
    await writeFiles(join(work, 'c'), chartFiles('c', { 'templates/x.yaml': template }));
    expect(await faultOf(render(helm, await chart('c')))).toMatchObject({
      code: 'chart-render',
      location: { file: 'c/templates/x.yaml', line: 2 },
      advice: expect.stringContaining('Rendering has no cluster'),
    });
  });
});
