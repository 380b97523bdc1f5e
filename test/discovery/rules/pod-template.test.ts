import { expect, it } from 'vitest';
import { discovered, imagesOf } from '../rendered.ts';

it('the containers of a pod template inside a custom resource are likely images, also without a tag', () => {
  const discovery = discovered(`
apiVersion: example.com/v1
kind: Rollout
spec:
  template:
    spec:
      initContainers: [{name: i, image: busybox}]
      containers: [{name: a, image: team/app}]
      sidecars: [{name: s, image: envoy}]
      volumes: [{name: v, image: {reference: team/model}}]
  steps:
    - image: alpine
  script: {image: python}`);
  const images = ['busybox', 'team/app', 'envoy', 'team/model', 'alpine', 'python'];
  expect(imagesOf(discovery).toSorted()).toEqual(images.map((image) => `likely ${image}`).toSorted());
  expect(discovery.images[0]?.uses[0]).toMatchObject({ rule: 'pod-template' });
});

it('a word alone outside of containers is no image', () => {
  expect(imagesOf(discovered('apiVersion: example.com/v1\nkind: Machine\nspec: {disk: {image: ubuntu}}'))).toEqual([]);
});
