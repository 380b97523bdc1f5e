import { describe, expect, it } from 'vitest';
import { discovered, imagesOf } from '../rendered.ts';

/** The images besides the container's own. */
function inArguments(...args: readonly string[]): readonly string[] {
  const spec = JSON.stringify({ containers: [{ name: 'c', image: 'own', args }] });
  return imagesOf(discovered(`kind: Pod\nmetadata: {name: p}\nspec: ${spec}`)).slice(1);
}

describe('an argument', () => {
  it('names an image by its flag, in the same or the next word', () => {
    expect(inArguments('--docker-image=docker:dind')).toEqual(['likely docker:dind']);
    expect(inArguments('-shell-image', 'r.example.com/busybox@sha256:'.concat('a'.repeat(64)))).toHaveLength(1);
    expect(inArguments('--verbose', '--image', 'team/app:1')).toEqual(['likely team/app:1']);
  });

  it('lists images by commas and as a map', () => {
    expect(inArguments('--sidecars=r.example.com/team/one:1,r.example.com/team/two:2')).toEqual([
      'likely r.example.com/team/one:1',
      'likely r.example.com/team/two:2',
    ]);
    expect(inArguments('--images=a=r.example.com/one:1;b=team/two:2.0')).toEqual([
      'likely r.example.com/one:1',
      'likely team/two:2.0',
    ]);
  });

  it('is joined with the flags that share its name', () => {
    expect(inArguments('--sidecar-image-repository=r.example.com/envoy', '--sidecar-image-tag=v1')).toEqual([
      'likely r.example.com/envoy:v1',
    ]);
  });

  it('is not joined where the flags name code or a chart', () => {
    expect(inArguments('--git-repo=github.com/org/code', '--git-tag=v1.0')).toEqual([]);
    expect(inArguments('--chart-repo=r.example.com/charts/app', '--chart-version=1.0.0')).toEqual([]);
  });

  it.each([
    ['an address to listen at', '--listen=metrics:8080'],
    ['a web address', '--upstream=http://backend.default.svc:9090/api/v1:watch'],
    ['a label', '--class=k8s.io/ingress-nginx'],
    ['a path to ask', 'svc:8080/healthz'],
    ['resources of a node', '--limits=example.com/gpu:1,example.net/sriov_net:2'],
    ['an address with a port', '--leader=host.example/svc:80'],
    ['a media type', '--content-image=image/png'],
    ['a pull secret', '--image-pull-secret=registry.example.com/x/y:z'],
    ['images that are left alone', '--exclude-images=r.example.com/a/b:1'],
  ])('that holds %s is none', (_, argument) => {
    expect(inArguments(argument)).toEqual([]);
  });
});

describe('a script in the arguments', () => {
  it('names images by flags, variables and commands, but not in comments', () => {
    const script = [
      '# -old-image=r.example.com/team/old:1',
      'export INIT_IMAGE=team/init:1',
      'exec run \\',
      '  -proxy-image="team/proxy:1" \\',
      '  -agent-image \\',
      '  team/agent:1 # r.example.com/team/not:1',
      'ctr images pull r.example.com/team/pulled:3 && true',
    ].join('\n');
    expect(inArguments('-ec', script)).toEqual([
      'likely team/init:1',
      'likely team/proxy:1',
      'likely team/agent:1',
      'likely r.example.com/team/pulled:3',
    ]);
  });

  it('names every image, also beside one that is split', () => {
    const script =
      'run --image-repository=r.example/q/a --image-tag=1 && run2 --sidecar-image=r.example/q/side:1 --init-image=b/c:2';
    expect(inArguments('-c', script)).toEqual(['likely r.example/q/a:1', 'likely r.example/q/side:1', 'likely b/c:2']);
    expect(
      imagesOf(discovered(`apiVersion: example.com/v1\nkind: Widget\nspec: {command: ${JSON.stringify(script)}}`)),
    ).toEqual(['likely r.example/q/a:1', 'likely r.example/q/side:1', 'likely b/c:2']);
  });

  it('names no part twice', () => {
    const discovery = discovered(
      'apiVersion: example.com/v1\nkind: Widget\nspec: {command: "run --x-image=a.example/b:1 --image-repository=a.example/c/d --image-tag=2"}',
    );
    expect(discovery.images.map(({ image, uses }) => [image, uses.length])).toEqual([
      ['a.example/c/d:2', 1],
      ['a.example/b:1', 1],
    ]);
  });

  it.each(['\n', '; ', ' && ', ' || ', ' | ', ' & '])('never joins flags of commands with %j between', (between) => {
    const script = `kubectl run a --image busybox${between}helm upgrade x y --set image.repository=r.example/set/y --set image.tag=9`;
    expect(inArguments('-c', script)).toEqual(['likely r.example/set/y:9']);
    const halves = `run --image-repository=r.example/a/b${between}run --image-tag=9`;
    expect(inArguments('-c', halves)).toEqual([]);
  });

  it('joins flags over lines that a backslash joins, past redirections, and items of one list', () => {
    expect(inArguments('-c', 'run 2>&1 --image-repository=r.example/a/b \\\n  --image-tag=9')).toEqual([
      'likely r.example/a/b:9',
    ]);
    expect(inArguments('--image-repository r.example/a/b', '--image-tag 9')).toEqual(['likely r.example/a/b:9']);
  });

  it('joins its variables, wherever it gives them values', () => {
    const script = 'IMAGE_REPOSITORY=r.example/a/b\nset -e\nexport IMAGE_TAG=9; run --image-tag=8';
    expect(inArguments('-c', script)).toEqual(['likely r.example/a/b:9']);
  });

  it('copies images between registries: the one that it reads is used, and the one that it writes is not', () => {
    const job = (script: string): readonly string[] =>
      imagesOf(
        discovered(`kind: Pod\nspec: {containers: [{image: own, command: ["sh", "-c", ${JSON.stringify(script)}]}]}`),
      )
        .slice(1)
        .map((image) => image.replace('likely ', ''));
    expect(job('skopeo copy docker://r.example/real/four:4 dir:/tmp/four')).toEqual(['r.example/real/four:4']);
    expect(job('skopeo copy --insecure-policy docker://busybox:1 docker://$MIRROR/busybox:1')).toEqual(['busybox:1']);
    expect(job('skopeo copy docker://r.example/a/b:4 \\\n  docker://mirror.example/a/b:4')).toEqual([
      'r.example/a/b:4',
    ]);
    expect(job('curl docker://\nskopeo inspect "docker://$IMAGE"; echo docker://')).toEqual([]);
    const list = '[skopeo, copy, "docker://team/a", "docker://mirror.example/team/a:1"]';
    expect(imagesOf(discovered(`kind: Pod\nspec: {containers: [{image: own, command: ${list}}]}`)).slice(1)).toEqual([
      'likely team/a',
    ]);
  });

  it('has the line of each image', () => {
    const body =
      'kind: Pod\nspec:\n  containers:\n    - command:\n        - sh\n        - |\n          set -e\n          pull r.example.com/a/b:1\n';
    expect(discovered(body).images[0]?.uses).toMatchObject([
      { rule: 'argument', path: 'spec.containers[0].command[1]', line: 10 },
    ]);
  });
});
