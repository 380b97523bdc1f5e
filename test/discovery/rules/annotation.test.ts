import { describe, expect, it } from 'vitest';
import { discovered, imagesOf } from '../rendered.ts';

/** The images besides the container's own, of a pod template with one annotation. */
function inAnnotation(key: string, value: string): readonly string[] {
  const metadata = JSON.stringify({ annotations: { [key]: value } });
  const pod = `spec: {template: {metadata: ${metadata}, spec: {containers: [{name: c, image: own}]}}}`;
  return imagesOf(discovered(`apiVersion: apps/v1\nkind: Deployment\n${pod}`)).slice(1);
}

describe('an annotation', () => {
  it.each(['sidecar.example.com/proxyImage', 'example.com/agent-image', 'containerImage'])(
    'names an image under the key %s',
    (key) => {
      expect(inAnnotation(key, 'r.example.com/team/proxy:1.20')).toEqual(['likely r.example.com/team/proxy:1.20']);
    },
  );

  it('of a custom resource names one too, and is reported with its position', () => {
    const discovery = discovered(
      'apiVersion: example.com/v1\nkind: Widget\nmetadata:\n  annotations:\n    containerImage: team/app:1\nspec: {}',
    );
    expect(imagesOf(discovery)).toEqual(['likely team/app:1']);
    expect(discovery.images[0]?.uses).toMatchObject([
      { rule: 'annotation', path: 'metadata.annotations.containerImage', line: 7 },
    ]);
  });

  it.each([
    ['under another key', 'example.com/build', 'r.example.com/team/app:1.0'],
    ['in the domain alone', 'image.example.com/source', 'r.example.com/team/app:1.0'],
    ['that is a part of one', 'example.com/imageTag', 'team/app:1.0'],
    ['that is forbidden', 'example.com/exclude-image', 'team/app:1.0'],
    ['without a tag', 'example.com/image', 'team/app'],
    ['of a web page', 'example.com/image', 'https://example.com/logo:1'],
    ['in JSON', 'example.com/image', '[{"from": "r.example.com/team/app:1.0"}]'],
  ])('names none %s', (_, key, value) => {
    expect(inAnnotation(key, value)).toEqual([]);
  });
});
