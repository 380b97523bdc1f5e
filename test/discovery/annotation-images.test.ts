import { describe, expect, it } from 'vitest';
import { discover } from '../../src/discovery/discover.ts';
import { document, imagesOf, rendered } from './rendered.ts';

const pod = document('kind: Pod\nspec: {containers: [{image: "docker.io/library/nginx:1.25"}]}');
const declaring = (annotations: Readonly<Record<string, string>>): readonly string[] =>
  imagesOf(discover([rendered(pod, { annotations })]));

describe("the chart's own list of images", () => {
  it('is read from the annotations of Artifact Hub, Zarf and Bitnami', () => {
    expect(declaring({ 'artifacthub.io/images': '- name: a\n  image: a/b:1\n' })).toContain('declared a/b:1');
    expect(declaring({ 'helm.sh/images': '- a/c:1\n- {image: a/d:1}' })).toEqual(
      expect.arrayContaining(['declared a/c:1', 'declared a/d:1']),
    );
    expect(declaring({ images: '- name: e\n  image: docker.io/a/e:1\n' })).toContain('declared docker.io/a/e:1');
  });

  it('adds only what the rendering lacks, however it is spelled', () => {
    expect(declaring({ images: '- image: nginx:1.25\n- image: nginx:1.26' })).toEqual([
      'declared nginx:1.26',
      'certain docker.io/library/nginx:1.25',
    ]);
  });

  it('is reported at the annotation of Chart.yaml', () => {
    const discovery = discover([rendered(pod, { annotations: { 'artifacthub.io/images': '- image: a/b:1' } })]);
    expect(discovery.images.find((image) => image.image === 'a/b:1')?.uses).toMatchObject([
      {
        template: 'shop/Chart.yaml',
        kind: 'Chart',
        name: 'shop',
        path: 'annotations["artifacthub.io/images"]',
        rule: 'declared',
      },
    ]);
  });

  it('that is no list of images is ignored', () => {
    for (const text of [
      '',
      'nginx:1.26',
      '{image: a/b:1}',
      '- {name: a}',
      '- image: [a]',
      '- image: "A B"',
      '- [',
      '\0',
    ]) {
      expect([text, declaring({ images: text })]).toEqual([text, ['certain docker.io/library/nginx:1.25']]);
    }
  });
});
