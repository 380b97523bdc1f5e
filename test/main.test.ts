import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { version } from '../src/core/version.ts';
import { inputsOn } from '../src/inputs/input-table.ts';
import { runProgram } from './support/program.ts';
import { root } from './support/root.ts';

const chartImages = async (...given: string[]) =>
  await runProgram(process.execPath, [join(root, 'src', 'main.ts'), ...given]);

describe('the command chart-images', () => {
  test('--version prints the version and nothing else', async () => {
    expect(await chartImages('--version')).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  test('--help names every flag, also beside others, and ends well', async () => {
    for (const given of [['--help'], ['-h'], ['charts/a', '--push', '--help']]) {
      const { code, stdout, stderr } = await chartImages(...given);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      for (const { name } of inputsOn('terminal')) expect(stdout).toContain(`--${name}`);
    }
  });

  test('an unknown flag ends with 2, the nearest flag and nothing on standard output', async () => {
    const run = await chartImages('charts/a', '--image-surces', 'r.example');
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(run.stderr).toContain('Did you mean "--image-sources"?');
  });
});
