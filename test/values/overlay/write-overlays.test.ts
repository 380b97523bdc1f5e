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
    'Wrote values-web.yaml: as the last values file, it makes the chart use images from t.io',
    'settled needs no values file: it already uses images from t.io',
    'half has no values file: it already uses images from t.io where values control them',
    'stubborn has no values file: no value can set any of its images to t.io',
    'library has no values file: its templates contain no image',
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
    message: expect.stringMatching(/^The values file could not be written to .*values\.yaml: .*\.$/),
    advice: 'Name a file that this run may write to in the input values-overlay.',
  });
  expect(await readdir(folder)).toEqual(['values.yaml']);
});
