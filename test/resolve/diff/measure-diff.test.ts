import { expect, test } from 'vitest';
import { formatReference } from '../../../src/core/oci/registry-reference.ts';
import type { ImageChanges } from '../../../src/resolve/diff/compare-images.ts';
import { type MeasureImages, measureDiff } from '../../../src/resolve/diff/measure-diff.ts';
import { absent, found, image } from '../../report/model/sample.ts';

const changes: ImageChanges = {
  added: [{ image: 'new:1', charts: ['a'], bytes: undefined }],
  removed: [],
  moved: [{ image: 'web', from: 'web:1', to: 'web:2', charts: ['a'], bytes: undefined }],
};

const tenEach: MeasureImages = async (images) => ({ each: images.map(() => 10), total: 15 });

test('each new image has its bytes, and the total counts shared content once', async () => {
  const now = ['new:1', 'web:2'].map((text) => found(image(text)));
  let heldThere: readonly string[] = [];
  const weighed = await measureDiff(changes, now, [found(image('web:1'))], async (images, held) => {
    heldThere = held.map((reference) => formatReference({ ...reference, digest: undefined }));
    return await tenEach(images, held);
  });
  expect(weighed).toMatchObject({ added: [{ bytes: 10 }], moved: [{ bytes: 10 }], bytes: 15 });
  expect(weighed).not.toHaveProperty('unmeasured');
  expect(heldThere).toHaveLength(1);
});

test('without one of its images the change has no total, and a reason', async () => {
  const now = [found(image('web:2')), absent(image('new:1'))];
  expect(await measureDiff(changes, now, [], tenEach)).toMatchObject({
    added: [{ bytes: undefined }],
    moved: [{ bytes: 10 }],
    bytes: undefined,
    unmeasured: 'not every changed image was found',
  });
});

test('a change that was not measured has a reason', async () => {
  const now = ['new:1', 'web:2'].map((text) => found(image(text)));
  const tooMany: MeasureImages = async (images) => ({
    each: images.map(() => undefined),
    total: undefined,
    unmeasured: 'it is about too many images',
  });
  expect(await measureDiff(changes, now, [], tooMany)).toMatchObject({
    bytes: undefined,
    unmeasured: 'it is about too many images',
  });
});
