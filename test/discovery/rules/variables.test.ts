import { describe, expect, it } from 'vitest';
import { discovered, imagesOf } from '../rendered.ts';

/** The images besides the container's own. */
function inEnvironment(variables: Readonly<Record<string, string>>): readonly string[] {
  const env = JSON.stringify(Object.entries(variables).map(([name, value]) => ({ name, value })));
  return imagesOf(
    discovered(`kind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c, image: own, env: ${env}}]}`),
  ).slice(1);
}

describe('an environment variable', () => {
  it('names an image by its name, also without a tag', () => {
    expect(inEnvironment({ SIDECAR_IMAGE: 'team/sidecar', RELATED_IMAGE_API_SERVER: 'team/server:1' })).toEqual([
      'likely team/sidecar',
      'likely team/server:1',
    ]);
  });

  it('names an image under any name when the value can be nothing else', () => {
    expect(inEnvironment({ BUILDER: 'r.example.com/team/builder:latest' })).toEqual([
      'likely r.example.com/team/builder:latest',
    ]);
  });

  it('lists images by commas, by lines with versions, or as JSON', () => {
    expect(inEnvironment({ IMAGES: 'r.example.com/a/b:1,team/c:1.0' })).toEqual([
      'likely r.example.com/a/b:1',
      'likely team/c:1.0',
    ]);
    expect(inEnvironment({ KAFKA_IMAGES: '4.0=r.example.com/k:4.0\n4.1=r.example.com/k:4.1\n' })).toEqual([
      'likely r.example.com/k:4.0',
      'likely r.example.com/k:4.1',
    ]);
    expect(inEnvironment({ DEFAULTS: '{"repository": "team/kit", "tag": "head", "policy": "Always"}' })).toEqual([
      'likely team/kit:head',
    ]);
  });

  it('is joined with the ones that share its name', () => {
    expect(inEnvironment({ INIT_IMAGE_REPOSITORY: 'r.example.com/init', INIT_VERSION: '1.9' })).toEqual([
      'likely r.example.com/init:1.9',
    ]);
    expect(inEnvironment({ MAIN_DATABASE_IMAGE: 'r.example.com/db', DATABASE_VERSION: '1.9' })).toEqual([
      'likely r.example.com/db:1.9',
    ]);
    expect(
      inEnvironment({ SEARCH_REPO_URL: 'r.example.com/team', SEARCH_NAME: 'search', SEARCH_VERSION: '1.7' }),
    ).toEqual(['likely r.example.com/team/search:1.7']);
  });

  it('is joined with its registry and namespace, where one variable has the name with its tag', () => {
    expect(
      inEnvironment({
        STORE_REGISTRY: 'r.example',
        STORE_REGISTRY_NAMESPACE: 'team/data',
        STORE_NAME_TAG: 'store-init:2.5.3',
      }),
    ).toEqual(['likely r.example/team/data/store-init:2.5.3']);
    expect(inEnvironment({ STORE_REGISTRY: 'r.example', STORE_IMAGE: 'store-init:2.5.3' })).toEqual([
      'likely r.example/store-init:2.5.3',
    ]);
    expect(inEnvironment({ STORE_REGISTRY: 'r.example', STORE_IMAGE: 'q.example/store:2.5.3' })).toEqual([
      'likely q.example/store:2.5.3',
    ]);
    expect(inEnvironment({ STORE_NAME_TAG: 'store-init:2.5.3' })).toEqual([]);
  });

  it('takes the registry of the longest name that its own begins with', () => {
    const webhook = {
      OP_CONTAINER_REGISTRY: 'q.example/op',
      OP_WEBHOOK_CONTAINER_REGISTRY: 'r.example/team',
      OP_WEBHOOK_SIDECAR_IMAGE_NAME: 'agent',
      OP_WEBHOOK_SIDECAR_IMAGE_TAG: '7.81.1',
    };
    expect(inEnvironment(webhook)).toEqual(['likely r.example/team/agent:7.81.1']);
    expect(inEnvironment({ ...webhook, OP_WEBHOOK_SIDECAR_IMAGE_REGISTRY: 's.example' })).toEqual([
      'likely s.example/agent:7.81.1',
    ]);
    expect(inEnvironment({ ...webhook, OP_WEBHOOK_SIDECAR_IMAGE_NAME: 't.example/agent' })).toEqual([
      'likely t.example/agent:7.81.1',
    ]);
    const path = { OP_WEBHOOK_SIDECAR_IMAGE_NAME: 'team/agent' };
    expect(inEnvironment({ ...webhook, ...path })).toEqual(['likely team/agent:7.81.1']);
    expect(inEnvironment({ ...webhook, ...path, OP_WEBHOOK_CONTAINER_REGISTRY: 'r.example' })).toEqual([
      'likely r.example/team/agent:7.81.1',
    ]);
    const other = { PLUGIN_CONTAINER_REGISTRY: 'r.example', SIDECAR_IMAGE_NAME: 'agent', SIDECAR_IMAGE_TAG: '7.81.1' };
    expect(inEnvironment(other)).toEqual(['likely agent:7.81.1']);
    expect(inEnvironment({ IMAGE_REGISTRY: 'r.example', POD_NAME: 'web', POD_VERSION: '1.0' })).toEqual([]);
  });

  it('is not joined where a name and a tag are all there is: programs have names too', () => {
    expect(inEnvironment({ APP_NAME: 'team/app', APP_TAG: '1.0' })).toEqual([]);
    expect(inEnvironment({ APP_REPOSITORY: 'r.example.com/core', APP_NAME: 'app', APP_TAG: '1.0' })).toEqual([
      'likely r.example.com/core:1.0',
    ]);
  });

  it('is not joined where the shared name is that of code, a chart or a module', () => {
    expect(inEnvironment({ GIT_REPO: 'github.com/org/code', GIT_TAG: 'v1.0' })).toEqual([]);
    expect(inEnvironment({ CHART_REPO: 'r.example.com/charts/app', CHART_VERSION: '1.0.0' })).toEqual([]);
    expect(inEnvironment({ TERRAFORM_MODULE_REPO: 'r.example.com/m', TERRAFORM_MODULE_VERSION: '1.0' })).toEqual([]);
    expect(inEnvironment({ GIT_IMAGE_REPOSITORY: 'team/git', GIT_IMAGE_TAG: '2' })).toEqual(['likely team/git:2']);
  });

  it.each([
    ['an address', 'UPSTREAM', 'backend.default.svc:9090/api/v1:watch'],
    ['a host and port', 'IMAGE_CACHE', 'cache:8080'],
    ['a web address', 'IMAGE_URL', 'https://r.example.com/v2/app:1'],
    ['a registry', 'IMAGE_REGISTRY', 'r.example.com/team'],
    ['a repository whose version is chosen at run time', 'IMAGE_REPOSITORY', 'r.example.com/team/app'],
    ['a pull policy', 'IMAGE_PULL_POLICY', 'Always'],
    ['a label selector', 'POD_SELECTOR', 'app.example.com/role:v1'],
    ['a label', 'LABEL_KEY', 'app.kubernetes.io/component:v1'],
    ['a taint', 'TAINT', 'example.com/dedicated:NoSchedule'],
    ['a member list', 'MEMBERS', '0:db-0.db-headless,1:db-1.db-headless'],
  ])('that holds %s is none', (_, name, value) => {
    expect(inEnvironment({ [name]: value })).toEqual([]);
  });
});
