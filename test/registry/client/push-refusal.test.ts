import { describe, expect, test } from 'vitest';
import { createRepositoryAdvice } from '../../../src/registry/client/create-repository.ts';
import { type PushedContent, pushAdvice, pushRefusal } from '../../../src/registry/client/push-refusal.ts';

const docker = 'application/vnd.docker.distribution.manifest.v2+json';
const manifest: PushedContent = { kind: 'manifest', key: 'tag', mediaType: docker };
const blob: PushedContent = { kind: 'blob' };

function answer(status: number, code = '', message = '') {
  const bytes = Buffer.from(JSON.stringify({ errors: [{ code, message }] }));
  return { status, headers: {}, url: new URL('https://r.io/v2/'), bytes };
}

test('a refused Docker manifest leads to the setting of the target, because a copy never changes a manifest', () => {
  const place = { host: 'zot.io', repository: 'a' };
  for (const response of [answer(415), answer(400, 'MANIFEST_INVALID', 'unsupported media type')]) {
    const refusal = pushRefusal(response, place, manifest);
    expect(refusal).toBe('media-type');
    expect(refusal && pushAdvice(refusal, response, place, manifest)).toContain(docker);
  }
});

test('a path of three names at Docker Hub is the cause of its refusals', () => {
  for (const status of [400, 401, 403, 404])
    expect(pushRefusal(answer(status), { host: 'docker.io', repository: 'org/team/app' }, blob)).toBe('two-part-names');
  expect(pushRefusal(answer(403), { host: 'docker.io', repository: 'org/app' }, blob)).toBeUndefined();
});

describe('a refusal without a known cause keeps the advice of its status:', () => {
  test.each([
    ['a missing permission (403)', answer(403, 'DENIED', 'requested access to the resource is denied'), blob],
    [
      'an upload that the registry lost (404)',
      answer(404, 'BLOB_UPLOAD_UNKNOWN', 'blob upload unknown to registry'),
      blob,
    ],
    ['a manifest whose blob is missing (400)', answer(400, 'MANIFEST_BLOB_UNKNOWN', 'blob unknown'), manifest],
    ['a server that fails (500)', answer(500, 'UNKNOWN', 'quota service is down'), blob],
    ['a conflict of a manifest by digest (409)', answer(409), { ...manifest, key: 'digest' } as const],
  ])('%s', (_, response, pushed) => {
    expect(pushRefusal(response, { host: 'r.io', repository: 'a' }, pushed)).toBeUndefined();
  });
});

describe('repositories that must exist before a push are created with the command of their provider:', () => {
  test.each([
    [
      'ECR',
      '123456789012.dkr.ecr.eu-west-1.amazonaws.com',
      ['a/b'],
      'Create the repository before the push: aws ecr create-repository --region eu-west-1 --repository-name a/b',
    ],
    [
      'ECR, several',
      '123456789012.dkr.ecr.eu-west-1.amazonaws.com',
      ['a', 'b', 'a'],
      'Create these repositories before the push: for name in a b; do aws ecr create-repository --region eu-west-1 --repository-name $name; done',
    ],
    [
      'public ECR',
      'public.ecr.aws',
      ['alias/a/b'],
      'Create the repository before the push: aws ecr-public create-repository --region us-east-1 --repository-name a/b',
    ],
    [
      'Google',
      'europe-docker.pkg.dev',
      ['project/images/a', 'project/images/b', 'project/other/a'],
      'Create these repositories before the push: gcloud artifacts repositories create images --repository-format=docker --location=europe --project=project && gcloud artifacts repositories create other --repository-format=docker --location=europe --project=project',
    ],
    [
      'another registry',
      'r.io',
      ['a'],
      'Create the repository (or its project) in r.io before the push, or use credentials that may create it: a.',
    ],
    [
      'another registry, several',
      'r.io',
      ['a', 'b'],
      'Create these repositories (or their project) in r.io before the push, or use credentials that may create them: a, b.',
    ],
  ])('%s', (_, host, repositories, advice) => {
    expect(createRepositoryAdvice(host, repositories)).toBe(advice);
  });
});
