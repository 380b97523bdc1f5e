import { expect, it } from 'vitest';
import type { ChartOverlay } from '../../../src/values/overlay/overlay.ts';
import { overlayFiles } from '../../../src/values/overlay/overlay-files.ts';
import { rendered } from '../../discovery/rendered.ts';

function overlay(name: string, text: string): ChartOverlay {
  const { chart } = rendered('');
  return {
    chart: { ...chart, metadata: { ...chart.metadata, name } },
    movability: 'movable',
    text,
    values: [],
    stuck: [],
  };
}

const pathsOf = (...overlays: readonly ChartOverlay[]) =>
  overlayFiles(overlays, '/home/user/out/overlay.yaml', 'target.example').map(({ path }) => path);

it('the overlay of one chart is the file that was asked for', () => {
  expect(overlayFiles([overlay('a', 'x: y\n')], 'overlay.yaml', 'target.example/team')).toEqual([
    {
      path: 'overlay.yaml',
      text: '# Made by chart-images: as the last value file of a it takes the images from target.example/team.\nx: y\n',
    },
  ]);
});

it('overlays of several charts are files beside it, one for each chart that has something to set', () => {
  const overlays = [overlay('a', 'x: y\n'), overlay('b', ''), overlay('a', 'z: y\n'), overlay('c.d', 'x: y\n')];
  expect(pathsOf(...overlays)).toEqual([
    '/home/user/out/overlay-a.yaml',
    '/home/user/out/overlay-a-2.yaml',
    '/home/user/out/overlay-c.d.yaml',
  ]);
  expect(pathsOf(overlay('a', ''))).toEqual([]);
});
