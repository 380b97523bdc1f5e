/** Compared with real helm, whose YAML library and number format decide. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { printedField, printedScalar } from '../../../src/values/tree/printed-scalar.ts';
import { helms, writeFiles } from '../../support/charts.ts';
import { testFolder } from '../../support/folder.ts';
import { outputOf } from '../../support/program.ts';

const scalars = [
  ...['1.10', '1.0', '.5', '010.5', '100000.10', '123456.75', '1234567.5', '0.00001', '0.0001', '18_0.5', '-0.0'],
  ...['0755', '0o17', '08', '010', '0x1F', '0b11', '1_000', '+1', '-0', '2024', '20240101', '123456789012345678901'],
  ...['12e4567', '12e45', '1e3', '1e21', '1.0e+2', '999999999999999999', '16777217', '0.1234567890123'],
  ...['yes', 'No', 'y', 'n', 'on', 'OFF', 'True', 'tRUE', 'yEs'],
  ...['190:20:30', '2024-01-01', '1.2.3', 'v1', '1.0-rc1', '_1', '0o8', '0x', '1e', '+', '1__0', '.'],
];

const quote = (text: string) => `"${text}"`;

describe.each(helms)('as $title prints it', ({ helm }) => {
  test('each unquoted scalar of a values file is known', async () => {
    const folder = await testFolder();
    await writeFiles(folder, {
      'Chart.yaml': 'apiVersion: v2\nname: scalars\nversion: 1.0.0\n',
      'values.yaml': scalars.map((text, index) => `v${index}: ${text}\n`).join(''),
      'templates/a.yaml': scalars.map((_, index) => `v${index}: {{ .Values.v${index} | quote }}\n`).join(''),
    });
    const text = await outputOf(helm.path, ['template', folder], { env: { HOME: folder } });
    const printed = scalars.map((_, index) => new RegExp(`^v${index}: (.*)$`, 'm').exec(text)?.[1]);
    expect(scalars.map((scalar) => [scalar, quote(printedScalar(scalar)?.text ?? scalar)])).toEqual(
      scalars.map((scalar, index) => [scalar, printed[index]]),
    );
  });

  test('each unquoted appVersion of a Chart.yaml is known', async () => {
    const folder = await testFolder();
    // One chart for all: each subchart has its own appVersion.
    const subcharts = scalars.map((scalar, index) => [
      [`charts/s${index}/Chart.yaml`, `apiVersion: v2\nname: s${index}\nversion: 1.0.0\nappVersion: ${scalar}\n`],
      [`charts/s${index}/templates/a.yaml`, `v${index}: {{ .Chart.AppVersion | quote }}\n`],
    ]);
    await writeFiles(folder, {
      'Chart.yaml': 'apiVersion: v2\nname: scalars\nversion: 1.0.0\n',
      ...Object.fromEntries(subcharts.flat()),
    });
    const text = await outputOf(helm.path, ['template', folder], { env: { HOME: join(folder, 'home') } });
    const printed = scalars.map((_, index) => new RegExp(`^v${index}: (.*)$`, 'm').exec(text)?.[1]);
    expect(scalars.map((scalar) => [scalar, quote(printedField(scalar)?.text ?? scalar)])).toEqual(
      scalars.map((scalar, index) => [scalar, printed[index]]),
    );
  });
});
