import { expect, test } from 'vitest';
import { setAtText } from '../../../src/report/model/columns.ts';
import { imageOrigins } from '../../../src/report/model/image-origins.ts';
import { rowsOf } from '../../../src/report/model/rows.ts';
import type { RenderingProvenance, SegmentSource } from '../../../src/values/provenance/provenance.ts';
import { found, image, report } from './sample.ts';

const leaf = { keys: ['x'], text: 'x', scalar: 'string', style: 'inline', offset: 0 } as const;
const inFile: SegmentSource = {
  from: 'value',
  valuePath: 'registry',
  location: { file: 'app/values.yaml', line: 3 },
  leaf: { ...leaf, source: { kind: 'file', file: 'app/values.yaml', text: '' } },
  offset: 0,
};
const bySet: SegmentSource = {
  from: 'value',
  valuePath: 'tag',
  location: undefined,
  leaf: { ...leaf, source: { kind: 'set' } },
  offset: 0,
};

/** What the column says of `r.example/web:1`, whose registry stands in a value file, when this makes its tag. */
function setAt(tag: SegmentSource): string {
  const web = image('r.example/web:1');
  const use = web.uses[0];
  if (use === undefined) throw new Error('the sample has a use');
  const segments = [
    { text: 'r.example', source: inFile },
    { text: '/web:', source: { from: 'template' } },
    { text: '1', source: tag },
  ] as const;
  const origins: Pick<RenderingProvenance, 'uses'> = {
    uses: [{ use, segments, reason: undefined, isStartOpen: false }],
  };
  const told = report({ resolutions: [found(web)], origins: imageOrigins([origins]) });
  return rowsOf(told)
    .map((row) => setAtText(row, (place) => place))
    .join();
}

test('an image is set where its value file says the version, else where it says anything of it', () => {
  expect(setAt(inFile)).toBe('app/values.yaml:3');
  expect(setAt({ from: 'template' })).toBe('app/values.yaml:3');
});

test('an image whose version the input set gives is set there', () => {
  expect(setAt(bySet)).toBe('input set: tag');
});

test('an image version in a packaged chart is located in the archive', () => {
  const inArchive: SegmentSource = {
    from: 'value',
    valuePath: 'tag',
    location: { file: 'app-1.0.0.tgz' },
    leaf: {
      ...leaf,
      offset: 'a: 1\ntag: '.length,
      source: {
        kind: 'packed',
        location: { file: 'app-1.0.0.tgz' },
        archive: 'app-1.0.0.tgz',
        inside: 'values.yaml',
        text: 'a: 1\ntag: x\n',
      },
    },
    offset: 0,
  };
  expect(setAt(inArchive)).toBe('app-1.0.0.tgz (values.yaml:2)');
});

test('an image version of Chart.yaml is located there, and a subchart in an archive at the line that refers to it', () => {
  const chart = { from: 'chart', field: 'appVersion' } as const;
  expect(setAt({ ...chart, location: { file: 'app/Chart.yaml', line: 4 } })).toBe('app/Chart.yaml:4');
  const [use] = image('acme/web:1').uses;
  if (use === undefined) throw new Error('the sample has a use');
  const source: SegmentSource = {
    ...chart,
    location: { file: 'app/Chart.yaml', line: 7 },
    packed: { archive: 'sub-1.0.0.tgz', inside: 'Chart.yaml:4' },
  };
  const segments = [
    { text: 'acme/web', source: inFile },
    { text: ':', source: { from: 'template' } },
    { text: '1', source },
  ] as const;
  const [origin] = imageOrigins([{ uses: [{ use, segments, reason: undefined, isStartOpen: false }] }]);
  expect(origin?.values).toEqual([
    // A namespace is no registry.
    { parts: ['repository'], path: 'registry', at: { in: 'file', file: 'app/values.yaml', line: 3 } },
    {
      parts: ['tag'],
      path: 'appVersion',
      from: 'chart',
      at: { in: 'archive', file: 'app/Chart.yaml', line: 7, inside: 'Chart.yaml:4' },
    },
  ]);
});
