import { expect, test } from 'vitest';
import { compareImages } from '../../../src/resolve/diff/compare-images.ts';
import { discovered } from '../../support/discovered.ts';

const one = `sha256:${'1'.repeat(64)}`;
const two = `sha256:${'2'.repeat(64)}`;

/** `+image`, `-image`, `from → to`. */
function changes(before: readonly string[], now: readonly string[]): readonly string[] {
  const images = (texts: readonly string[]) => texts.map((text) => discovered(text));
  const { added, removed, moved } = compareImages(images(before), images(now));
  return [
    ...added.map(({ image }) => `+${image}`),
    ...removed.map(({ image }) => `-${image}`),
    ...moved.map(({ image, from, to }) => `${image}: ${from} → ${to}`),
  ];
}

test.each<[string, readonly string[], readonly string[], readonly string[]]>([
  ['nothing', ['a:1', 'b:1'], ['b:1', 'a:1'], []],
  ['an image that comes', ['a:1'], ['a:1', 'b:1'], ['+b:1']],
  ['an image that goes', ['a:1', 'b:1'], ['a:1'], ['-b:1']],
  ['a tag that moves', ['r.io/x/a:1'], ['r.io/x/a:2'], ['r.io/x/a: r.io/x/a:1 → r.io/x/a:2']],
  ['a digest that moves', [`a:1@${one}`], [`a:1@${two}`], [`a: a:1@${one} → a:1@${two}`]],
  ['another registry', ['r.io/a:1'], ['q.io/a:1'], ['+q.io/a:1', '-r.io/a:1']],
  ['another tag beside the first', ['a:1'], ['a:1', 'a:2'], ['+a:2']],
  ['two tags that become one', ['a:1', 'a:2'], ['a:3'], ['-a:2', 'a: a:1 → a:3']],
  ['a first chart', [], ['a:1'], ['+a:1']],
  ['a last chart', ['a:1'], [], ['-a:1']],
])('a change is described by what it adds, removes and moves: %s', (_, before, now, expected) => {
  expect(changes(before, now)).toEqual(expected);
});

test('the charts that use an image are named once each', () => {
  const image = discovered('a:1', [{ chart: 'other' }, { chart: 'demo' }]);
  expect(compareImages([], [image]).added).toEqual([{ image: 'a:1', charts: ['demo', 'other'], bytes: undefined }]);
});
