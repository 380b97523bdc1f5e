import { describe, expect, test } from 'vitest';
import { discover } from '../../src/discovery/discover.ts';
import { document, imagesOf, rendered } from './rendered.ts';

const pod = 'kind: Pod\nspec:\n  containers:\n    - image: r.example/a:1\n    - image: nginx:1.25\n';

function discoveredWith(annotations: Readonly<Record<string, string>>) {
  return discover([rendered(document(pod), { annotations })]);
}

describe('a list of images in the annotations of Chart.yaml', () => {
  test.each(['artifacthub.io/images', 'helm.sh/images', 'images'])('under %s is compared with the rendering', (key) => {
    const { images, findings } = discoveredWith({
      [key]: '- name: a\n  image: r.example/a:1\n- name: cli\n  image: r.example/cli:2\n',
    });
    expect(imagesOf({ images, findings })).toEqual([
      'declared r.example/cli:2',
      'certain r.example/a:1',
      'certain nginx:1.25',
    ]);
    expect(findings).toMatchObject([
      {
        code: 'undeclared',
        severity: 'notice',
        message: 'The image list in the annotations of Chart.yaml of shop is missing nginx:1.25.',
      },
    ]);
  });

  test('may spell an image in its own way', () => {
    expect(discoveredWith({ images: '[r.example/a:1, docker.io/library/nginx:1.25]' }).findings).toEqual([]);
  });

  test('that is not there, or is no list, says nothing', () => {
    expect(discoveredWith({}).findings).toEqual([]);
    expect(discoveredWith({ images: 'many' }).findings).toEqual([]);
  });
});
