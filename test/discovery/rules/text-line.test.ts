import { describe, expect, it } from 'vitest';
import { findInText } from '../../../src/discovery/rules/text-line.ts';

const images = (text: string): readonly string[] => findInText(text).map(({ image }) => image);

describe('a line of a text', () => {
  it('may hold several pairs of a name and a value', () => {
    expect(images('  - { name: c, image: tp/c:1 }')).toEqual(['tp/c:1']);
    expect(images('"image": "tp/f:1", "sidecarImage": "tp/g:1"')).toEqual(['tp/f:1', 'tp/g:1']);
    expect(images('{"image":"tp/f:1","sidecarImage":"tp/g:1", {{ .More }}')).toEqual(['tp/f:1', 'tp/g:1']);
    expect(images("containerTemplate(name: 'maven', image: 'r25/d:4')")).toEqual(['r25/d:4']);
    expect(images("run(image = 'r25/d:4', sidecarImage = `r25/e:5`)")).toEqual(['r25/d:4', 'r25/e:5']);
    expect(images('run(image="r25/d:4", sidecarImage=r25/e:5, x)')).toEqual(['r25/d:4', 'r25/e:5']);
    expect(images('<pod><image>a/b:1</image><initImage>a/c:1</initImage></pod>')).toEqual(['a/b:1', 'a/c:1']);
  });

  it('keeps the value of a name together', () => {
    expect(images('images: r.example.com/a/b:1.0, r.example.com/a/c:2.0')).toEqual([
      'r.example.com/a/b:1.0',
      'r.example.com/a/c:2.0',
    ]);
    expect(images('image: *"a/b:1" | string')).toEqual(['a/b:1']);
    expect(images('image := "a/b:1"')).toEqual(['a/b:1']);
  });

  it('is no pair where prose has a colon', () => {
    expect(images('log: cannot pull the image: nginx:1.25')).toEqual([]);
    expect(images('message: "no, image: a/b:1 is gone"')).toEqual([]);
    expect(images('url: "https://r.example.com/a/b:1", port: 80')).toEqual([]);
  });

  it('takes time in proportion to its length, whatever it repeats', () => {
    // Each is searched in well under a second; a search that grows with the square would exceed the test's own limit.
    for (const unit of [
      'a: ',
      'a: "',
      '"a" : ',
      '{image: ',
      "'",
      ' = ',
      ':= ',
      '<a ',
      '<a>',
      ', "a":',
      '{"a":"b"',
      '* ',
    ])
      expect(images(`image/a ${unit.repeat(30_000)}`)).toEqual([]);
  });
});
