import { describe, expect, test } from 'vitest';
import { expectedMatch, formatMatch, matchLikeAzAosm } from '../../../src/discovery/az-aosm/az-aosm-rule.ts';

function read(text: string) {
  return matchLikeAzAosm(text).map(({ line, reading }) => [line, reading && formatMatch(reading)]);
}

describe("az aosm's rule", () => {
  test.each([
    ['image: repository/release/contoso-a:1.0.0', 'release/contoso-a:1.0.0'],
    ['image: "ghcr.io/contoso/web:1.0"', 'contoso/web:1.0'],
    ["image: 'ghcr.io/contoso/web:1.0'", "contoso/web:1.0'"],
    ['image: localhost:5000/web:1.0', 'web:1.0'],
    ['image: r/web@sha256:0a', 'web@sha256:0a'],
    ['image: {x: r/web:1, y: r/job:2}', 'web:1,'],
    ['- { image: "r/web:1" }', 'web:1'],
    ['# image: r/web:1', 'web:1'],
    ['sidecarimage: r/web:1', 'web:1'],
    ['image: see http://r/web and r/job:1', 'job:1'],
    ['image: r/web:1(x)', 'web:1(x'],
    ['image: r/web:', 'web:'],
  ])('reads %s as %s', (line, reading) => {
    expect(read(line)).toEqual([[1, reading]]);
  });

  test.each(['image: nginx:1.25', 'image: contoso/web', 'image:', 'image: { repository: r/web, tag: 1 }'])(
    'cannot parse %s',
    (line) => {
      expect(read(line)).toEqual([[1, undefined]]);
    },
  );

  test('looks at no other line', () => {
    expect(read('kind: Pod\n"image": "r/web:1"\nimage: r/web:1\r\n--proxy=r/proxy:1\n')).toEqual([[3, 'web:1']]);
  });

  test('is the regular expression of the extension', () => {
    // IMAGE_NAME_AND_VERSION_REGEX of helm_chart_processor.py, in this language's spelling.
    const pattern = /\/(?<name>[^\s]*):(?<tag>[^\s)"}]*)/;
    const pieces = ['/', ':', 'a', ' ', '"', "'", '}', ')', '@', '//', 'b:1'];
    let seed = 7;
    const next = (): string => {
      seed = (seed * 48271) % 2147483647;
      return pieces[seed % pieces.length] ?? '';
    };
    for (let round = 0; round < 5000; round += 1) {
      const text = Array.from({ length: 8 }, next).join('');
      const groups = pattern.exec(text)?.groups;
      const expected = groups && `${groups['name']}:${groups['tag']}`;
      expect(read(`image:${text}`), text).toEqual([[1, expected]]);
    }
  });

  test('takes no longer for a line of slashes', () => {
    expect(read(`image: ${'/'.repeat(2_000_000)}`)).toEqual([[1, undefined]]);
  });
});

test('an image that has no slash, no tag or a digest cannot be read right', () => {
  const right = (image: string) => {
    const reading = expectedMatch(image);
    return reading && formatMatch(reading);
  };
  expect(right('ghcr.io/contoso/web:1.0')).toBe('contoso/web:1.0');
  expect(right('localhost:5000/web:1')).toBe('web:1');
  for (const image of ['nginx:1.25', 'contoso/web', 'localhost:5000/web', `r/web:1@sha256:${'0'.repeat(64)}`]) {
    expect(right(image)).toBeUndefined();
  }
});
