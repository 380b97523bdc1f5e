import { describe, expect, it } from 'vitest';
import { scanText } from '../../../src/discovery/rules/text-line.ts';

const images = (text: string): readonly string[] => scanText(text).map(({ image }) => image);

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

  it('is no image in a section of plugins, charts or modules, whose names are free, unless its name says so', () => {
    const plugin = 'dashboard = "docker.io/org/dashboard:1.0"';
    expect(images(`[plugins]\n${plugin}`)).toEqual([]);
    expect(images(`[tools.modules]\n${plugin}\n[tools.runners]\n${plugin}`)).toEqual(['docker.io/org/dashboard:1.0']);
    expect(images('[plugins]\nsandbox_image = "registry.k8s.io/pause:3.9"')).toEqual(['registry.k8s.io/pause:3.9']);
    expect(images(`[plugins."io.containerd.grpc.v1.cri"]\n${plugin}`)).toEqual(['docker.io/org/dashboard:1.0']);
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

describe('the assignments of a text', () => {
  it('are put together where they split a reference', () => {
    expect(images('[image]\nrepository = "r.example.com/a/b"\ntag = "1.0" # newest')).toEqual([
      'r.example.com/a/b:1.0',
    ]);
    expect(images('worker.image.repository=a/b\nworker.image.tag=2')).toEqual(['a/b:2']);
    expect(images("export X_IMAGE_REPO='a/b'\nexport X_IMAGE_TAG=v3\nY_IMAGE=a/c:4")).toEqual(['a/b:v3', 'a/c:4']);
    expect(scanText('x=1\nIMAGE=r.example.com/a/b\nTAG=5')).toEqual([{ image: 'r.example.com/a/b:5', line: 1 }]);
  });

  it('belong together only within a section', () => {
    expect(images('[a.image]\nrepository = "a/b"\n[b.image]\nrepository = "a/c"\ntag = "1"')).toEqual(['a/c:1']);
    expect(images('[[images]]\nimage = "a/b"\ntag = "1"\n[[images]]\nimage = "a/c"\ntag = "2"')).toEqual([
      'a/b:1',
      'a/c:2',
    ]);
  });

  it('are no images where they are parts of something else', () => {
    expect(images('[package]\nname = "b"\nrepository = "github.com/a/b"\nversion = "1.0"')).toEqual([]);
    expect(images('[plugin]\nrepo = "a/b"\ntag = "v1.0"')).toEqual([]);
    expect(images('IMAGE_REPO=a/b\nIMAGE_TAG=$(tag)')).toEqual([]);
  });
});
