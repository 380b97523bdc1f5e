import { describe, expect, test } from 'vitest';
import { computeDigest } from '../../../src/core/oci/digest.ts';
import { formatReference } from '../../../src/core/oci/registry-reference.ts';
import type { OnExisting, Plan, Target } from '../../../src/mirror/plan/plan.ts';
import { planCopies } from '../../../src/mirror/plan/plan-copies.ts';
import type { Registry } from '../../../src/registry/client/registry.ts';
import { resolveImages } from '../../../src/resolve/resolve.ts';
import { discovered, sourcesOf } from '../../support/discovered.ts';
import { makeImage } from '../../support/images.ts';
import { deadRegistry, memoryRegistries, memoryRegistry } from '../../support/memory-registry.ts';
import { ownValue } from '../../support/path-rules.ts';

const one = await makeImage({ seed: 'one' });
const two = await makeImage({ seed: 'two' });
const target: Target = { registry: 't.io', namespace: '' };

interface Setting {
  readonly images: readonly string[];
  readonly sources?: readonly string[];
  readonly registries: readonly Registry[];
  readonly onExisting?: OnExisting;
  readonly target?: Target;
}

async function planFor(setting: Setting): Promise<Plan> {
  const registries = memoryRegistries(...setting.registries);
  const images = setting.images.map((image) => discovered(image));
  const { resolutions } = await resolveImages(images, sourcesOf(...(setting.sources ?? ['s.io'])), registries, {
    concurrency: 4,
    pathRule: ownValue,
  });
  return planCopies(resolutions, setting.target ?? target, setting.onExisting ?? 'fail', registries);
}

/** `from → to: action` for each copy. */
function steps(plan: Plan): readonly string[] {
  return plan.copies.map(({ from, to, step }) => {
    const replacing = step.action === 'copy' && step.replacing ? ', replacing' : '';
    return `${formatReference({ ...from, digest: undefined })} → ${formatReference(to)}: ${step.action}${replacing}`;
  });
}

function sourceWith(...repositories: readonly string[]) {
  const source = memoryRegistry('s.io');
  for (const repository of repositories) source.add(repository, '1', one);
  return source;
}

test('an image is copied to its path without the namespace of the source, with its tag', async () => {
  const plan = await planFor({
    images: ['repository/release/a:1'],
    sources: ['s.io/ns'],
    registries: [sourceWith('ns/release/a'), memoryRegistry('t.io')],
  });
  expect(steps(plan)).toEqual(['s.io/ns/release/a:1 → t.io/release/a:1: copy']);
  expect(plan.findings).toEqual([]);
});

test('the namespace of the target is the prefix of the repository', async () => {
  const plan = await planFor({
    images: ['quay.io/a/b:1'],
    registries: [sourceWith('a/b'), memoryRegistry('t.io')],
    target: { registry: 't.io', namespace: 'mirror/x' },
  });
  expect(steps(plan)).toEqual(['s.io/a/b:1 → t.io/mirror/x/a/b:1: copy']);
});

test('nginx of Docker Hub is nginx in the target', async () => {
  const hub = memoryRegistry('docker.io');
  hub.add('library/nginx', 'stable', one);
  const plan = await planFor({
    images: ['overwriteme/nginx:stable'],
    sources: ['docker.io'],
    registries: [hub, memoryRegistry('t.io')],
  });
  expect(steps(plan)).toEqual(['docker.io/library/nginx:stable → t.io/nginx:stable: copy']);
});

test('the digest that was found is copied, even if its tag moves later', async () => {
  const plan = await planFor({ images: ['a:1'], registries: [sourceWith('a'), memoryRegistry('t.io')] });
  expect(plan.copies[0]?.from).toEqual({ registry: 's.io', repository: 'a', tag: '1', digest: one.digest });
});

test('a digest with a tag is copied to the tag, and a digest alone by digest', async () => {
  const plan = await planFor({
    images: [`a:2@${one.digest}`, `b@${one.digest}`],
    registries: [sourceWith('a', 'b'), memoryRegistry('t.io')],
  });
  expect(plan.copies.map((copy) => formatReference(copy.to))).toEqual(['t.io/a:2', `t.io/b@${one.digest}`]);
});

test('images that were not found are not in the plan', async () => {
  const plan = await planFor({ images: ['a:1', 'gone:1'], registries: [sourceWith('a'), memoryRegistry('t.io')] });
  expect(steps(plan)).toEqual(['s.io/a:1 → t.io/a:1: copy']);
});

test('what the target has already with the same digest is present', async () => {
  const full = memoryRegistry('t.io');
  full.add('a', '1', one);
  const plan = await planFor({ images: ['a:1'], registries: [sourceWith('a'), full] });
  expect(steps(plan)).toEqual(['s.io/a:1 → t.io/a:1: exists']);
  expect(plan.findings).toEqual([]);
});

test('an image whose source is the target is present and not checked again', async () => {
  const source = sourceWith('ns/a');
  const plan = await planFor({
    images: ['a:1'],
    sources: ['s.io/ns'],
    registries: [source],
    target: { registry: 's.io', namespace: 'ns' },
  });
  expect(steps(plan)).toEqual(['s.io/ns/a:1 → s.io/ns/a:1: exists']);
  expect(source.calls).toEqual(['headManifest ns/a 1']);
});

test('a digest that the target has under another tag is copied to get its tag', async () => {
  const source = sourceWith('a');
  const plan = await planFor({
    images: [`a:2@${one.digest}`],
    registries: [source],
    target: { registry: 's.io', namespace: '' },
  });
  expect(steps(plan)).toEqual(['s.io/a:2 → s.io/a:2: copy']);
});

describe('a target that has other content under the tag', () => {
  const setting = (onExisting: OnExisting) => {
    const full = memoryRegistry('t.io');
    full.add('a', '1', two);
    return { images: ['a:1'], registries: [sourceWith('a'), full], onExisting };
  };

  test('is a conflict with the image, the target reference, and both remedies', async () => {
    const plan = await planFor(setting('fail'));
    expect(steps(plan)).toEqual(['s.io/a:1 → t.io/a:1: conflict']);
    expect(plan.findings).toEqual([
      {
        code: 'conflict',
        severity: 'error',
        image: 'a:1',
        message: `Cannot copy a:1 (used in demo/templates/app.yaml (Deployment app)): t.io/a:1 has other content (${two.digest}).`,
        advice: expect.stringContaining('set on-existing to skip (keep the existing content) or replace'),
      },
    ]);
  });

  test('is left alone with on-existing: skip', async () => {
    const plan = await planFor(setting('skip'));
    expect(steps(plan)).toEqual(['s.io/a:1 → t.io/a:1: skip']);
    expect(plan.findings).toEqual([]);
  });

  test('is replaced with on-existing: replace', async () => {
    const plan = await planFor(setting('replace'));
    expect(steps(plan)).toEqual(['s.io/a:1 → t.io/a:1: copy, replacing']);
    expect(plan.findings).toEqual([]);
  });
});

describe('two images that want the same place in the target', () => {
  test('are both in conflict when they differ, even where the tag may be replaced', async () => {
    const [quay, ghcr] = [memoryRegistry('quay.io'), memoryRegistry('ghcr.io')];
    quay.add('a/b', '1', one);
    ghcr.add('a/b', '1', two);
    const plan = await planFor({
      images: ['quay.io/a/b:1', 'ghcr.io/a/b:1'],
      sources: ['upstream'],
      registries: [quay, ghcr, memoryRegistry('t.io')],
      onExisting: 'replace',
    });
    expect(steps(plan)).toEqual(['quay.io/a/b:1 → t.io/a/b:1: conflict', 'ghcr.io/a/b:1 → t.io/a/b:1: conflict']);
    expect(plan.findings.map(({ code, image }) => `${code} ${image}`)).toEqual([
      'conflict quay.io/a/b:1',
      'conflict ghcr.io/a/b:1',
    ]);
    expect(plan.findings[1]?.advice).toContain('different namespaces of the target');
    expect(plan.findings[1]?.message).toContain(
      `quay.io/a/b:1@${one.digest} and ghcr.io/a/b:1@${two.digest} differ, and all map to t.io/a/b:1`,
    );
  });

  test('do not conflict if they have the same content, and the target is checked once', async () => {
    const empty = memoryRegistry('t.io');
    const plan = await planFor({ images: ['quay.io/a:1', 'ghcr.io/a:1'], registries: [sourceWith('a'), empty] });
    expect(steps(plan)).toEqual(Array(2).fill('s.io/a:1 → t.io/a:1: copy'));
    expect(plan.findings).toEqual([]);
    expect(empty.calls).toEqual(['headManifest a 1']);
  });
});

test('a target that cannot be checked makes every action unknown and is reported once', async () => {
  const plan = await planFor({ images: ['a:1', 'b:1'], registries: [sourceWith('a', 'b'), deadRegistry('t.io')] });
  expect(plan.copies.map((copy) => copy.step.action)).toEqual(['unknown', 'unknown']);
  expect(plan.findings).toEqual([
    {
      code: 'unknown',
      severity: 'error',
      images: ['a:1', 'b:1'],
      message: 'Cannot check whether the target has a:1 and b:1: t.io did not answer. Checked: t.io/a:1.',
      advice: 'See that it is up.',
    },
  ]);
});

test('planning writes nothing', async () => {
  const empty = memoryRegistry('t.io');
  await planFor({ images: ['a:1', 'b:1'], registries: [sourceWith('a', 'b'), empty] });
  expect(empty.names()).toEqual([]);
  expect(empty.calls.filter((call) => !call.startsWith('headManifest'))).toEqual([]);
});

test('a target that reports sha256 has an image that is found by sha512, if it has the same bytes', async () => {
  const digest = computeDigest(one.bytes, 'sha512');
  const source = sourceWith('a');
  const bySha512: Registry = {
    ...source,
    headManifest: async () => ({
      result: 'found',
      value: { digest, mediaType: one.mediaType, size: one.bytes.length },
    }),
  };
  const [same, other] = [memoryRegistry('t.io'), memoryRegistry('t.io')];
  same.add('a', '1', one);
  other.add('a', '1', two);
  for (const [held, action] of [
    [same, 'exists'],
    [other, 'conflict'],
  ] as const) {
    const plan = await planFor({ images: ['s.io/a:1'], registries: [bySha512, held] });
    expect(plan.copies.map(({ step }) => step.action)).toEqual([action]);
  }
});

test('a plan that is carried out looks at the target with the right to push', async () => {
  const rights: unknown[] = [];
  const empty = memoryRegistry('t.io');
  const watched: Registry = {
    ...empty,
    headManifest: async (repository, key, access) => {
      rights.push(access);
      return await empty.headManifest(repository, key);
    },
  };
  await planFor({
    images: ['s.io/a:1'],
    registries: [sourceWith('a'), watched],
    target: { ...target, access: 'pull,push' },
  });
  expect(rights).toEqual(['pull,push']);
});

test('an image whose path is too long for Docker Hub is a conflict that names the form, and is not looked up there', async () => {
  const hub = memoryRegistry('docker.io');
  const plan = await planFor({
    images: ['s.io/team/app:1', 's.io/app:1'],
    registries: [sourceWith('team/app', 'app'), hub],
    target: { registry: 'docker.io', namespace: 'org' },
  });
  expect(steps(plan)).toEqual([
    's.io/team/app:1 → docker.io/org/team/app:1: conflict',
    's.io/app:1 → docker.io/org/app:1: copy',
  ]);
  expect(plan.findings).toMatchObject([
    { code: 'conflict', message: expect.stringContaining('only repositories of the form <namespace>/<name>') },
  ]);
  expect(hub.calls).toEqual(['headManifest org/app 1']);
});
