import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ChartOverlay, OverlayCoverage } from '../../../src/values/overlay/overlay.ts';
import { writeOverlays } from '../../../src/values/overlay/write-overlays.ts';
import { rendered } from '../../discovery/rendered.ts';
import { recordingLog } from '../../helm/cli/helm-fixtures.ts';
import { testFolder } from '../../support/folder.ts';

function overlay(name: string, movability: OverlayCoverage, text = ''): ChartOverlay {
  const { chart } = rendered('');
  return { chart: { ...chart, metadata: { ...chart.metadata, name } }, movability, text, values: [], stuck: [] };
}

test('of each chart the log says where its value file is, or why it has none', async () => {
  const folder = await testFolder();
  const log = recordingLog();
  const overlays = [
    overlay('web', 'movable', 'registry: t.io\n'),
    overlay('settled', 'movable'),
    overlay('half', 'partly'),
    overlay('stubborn', 'fixed'),
    overlay('library', 'no-images'),
  ];
  expect(await writeOverlays(overlays, join(folder, 'values.yaml'), 't.io', log)).toEqual([]);
  expect(log.lines.map((line) => line.replace(/^Wrote .*\//, 'Wrote '))).toEqual([
    'Wrote values-web.yaml: with it as the last value file the images come from t.io',
    'settled needs no value file: its images come from t.io as it is',
    'half has no value file: those of its images that can come from t.io do so as it is',
    'stubborn has no value file: no value moves any of its images to t.io',
    'library has no value file: its templates print no image',
  ]);
  expect(await readdir(folder)).toEqual(['values-web.yaml']);
  expect(await readFile(join(folder, 'values-web.yaml'), 'utf8')).toContain('registry: t.io\n');
});

test('a place where no file can be is a wrong input', async () => {
  const folder = await testFolder();
  await mkdir(join(folder, 'values.yaml'));
  const written = writeOverlays(
    [overlay('web', 'movable', 'a: b\n')],
    join(folder, 'values.yaml'),
    't.io',
    recordingLog(),
  );
  await expect(written).rejects.toMatchObject({
    code: 'invalid-input',
    message: expect.stringMatching(/^Cannot write the values file to .*values\.yaml: .*\.$/),
    advice: 'Set the input values-overlay to a file that this run can write to.',
  });
  expect(await readdir(folder)).toEqual(['values.yaml']);
});
