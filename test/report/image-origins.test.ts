import { expect, test } from 'vitest';
import type { RenderingOrigins, TextSource } from '../../src/origins/origin.ts';
import { setAtText } from '../../src/report/columns.ts';
import { imageOrigins } from '../../src/report/image-origins.ts';
import { rowsOf } from '../../src/report/rows.ts';
import { found, image, report } from './sample.ts';

const leaf = { keys: ['x'], text: 'x', scalar: 'string', style: 'inline', offset: 0 } as const;
const inFile: TextSource = {
  from: 'value',
  valuePath: 'registry',
  place: { file: 'app/values.yaml', line: 3 },
  leaf: { ...leaf, source: { kind: 'file', file: 'app/values.yaml', text: '' } },
  offset: 0,
};
const bySet: TextSource = {
  from: 'value',
  valuePath: 'tag',
  place: undefined,
  leaf: { ...leaf, source: { kind: 'set' } },
  offset: 0,
};

/** What the column says of `r.example/web:1`, whose registry stands in a value file, when this makes its tag. */
function setAt(tag: TextSource): string {
  const web = image('r.example/web:1');
  const use = web.uses[0];
  if (use === undefined) throw new Error('the sample has a use');
  const segments = [
    { text: 'r.example', source: inFile },
    { text: '/web:', source: { from: 'template' } },
    { text: '1', source: tag },
  ] as const;
  const origins: Pick<RenderingOrigins, 'uses'> = { uses: [{ use, segments, reason: undefined }] };
  const told = report({ resolutions: [found(web)], origins: imageOrigins([origins]) });
  return rowsOf(told)
    .map((row) => setAtText(row, (place) => place))
    .join();
}

test('an image is set where its value file says the version, else where it says anything of it', () => {
  expect(setAt(inFile)).toBe('app/values.yaml:3');
  expect(setAt({ from: 'template' })).toBe('app/values.yaml:3');
});

test('an image whose version the input set gives is set in no file', () => {
  expect(setAt(bySet)).toBe('');
});
