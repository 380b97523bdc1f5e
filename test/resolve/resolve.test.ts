import { describe, expect, test } from 'vitest';
import { ChartImagesError } from '../../src/core/errors.ts';
import { formatReference } from '../../src/core/oci/registry-reference.ts';
import type { Registry } from '../../src/registry/client/registry.ts';
import { type PathRule, wholePaths } from '../../src/resolve/path-rule.ts';
import type { Resolution } from '../../src/resolve/resolution.ts';
import { resolveImages, unresolvedAll } from '../../src/resolve/resolve.ts';
import { discovered, sourcesOf } from '../support/discovered.ts';
import { makeImage, type TestImage } from '../support/images.ts';
import { deadRegistry, memoryRegistries, memoryRegistry } from '../support/memory-registry.ts';
import { ownValue, partOfValue, untraced } from '../support/path-rules.ts';

const options = { concurrency: 4 };
const one = await makeImage({ seed: 'one' });
const two = await makeImage({ seed: 'two' });

function look(images: readonly string[], sources: readonly string[], ...registries: readonly Registry[]) {
  return lookAs(wholePaths, images, sources, ...registries);
}

function lookAs(
  pathRule: PathRule,
  images: readonly string[],
  sources: readonly string[],
  ...registries: readonly Registry[]
) {
  return resolveImages(
    images.map((image) => discovered(image)),
    sourcesOf(...sources),
    memoryRegistries(...registries),
    { ...options, pathRule },
  );
}

/** `status place`, where an image was found. */
function verdict(resolution: Resolution | undefined): string {
  if (resolution?.status !== 'found') return resolution?.status ?? 'no resolution';
  return `found ${formatReference(resolution.candidate.reference)} → ${resolution.candidate.targetRepository}`;
}

function trace(resolution: Resolution | undefined): readonly string[] {
  return (resolution?.lookups ?? []).map(
    ({ result, candidate }) => `${formatReference(candidate.reference)} ${result}`,
  );
}

describe('the two tables of the AOSM worked example', () => {
  const names = ['contoso-a', 'contoso-b', 'contoso-c'];
  const images = [
    ...names.map((name) => `repository/release/${name}:1.0.0`),
    'repository/test-release/contoso-test:1.0.0',
  ];

  test('with one source all four images are found in it', async () => {
    const registry = memoryRegistry('r.io');
    for (const name of names) registry.add(`release/${name}`, '1.0.0', one);
    registry.add('test-release/contoso-test', '1.0.0', one);
    const { resolutions, findings } = await lookAs(ownValue, images, ['r.io'], registry);
    expect(resolutions.map(verdict)).toEqual([
      'found r.io/release/contoso-a:1.0.0 → release/contoso-a',
      'found r.io/release/contoso-b:1.0.0 → release/contoso-b',
      'found r.io/release/contoso-c:1.0.0 → release/contoso-c',
      'found r.io/test-release/contoso-test:1.0.0 → test-release/contoso-test',
    ]);
    expect(findings).toEqual([]);
  });

  test('with a namespace as the second source a, b and c come from the first and contoso-test from the second', async () => {
    const registry = memoryRegistry('r.io');
    for (const name of names) registry.add(`release/${name}`, '1.0.0', one);
    registry.add('test/test-release/contoso-test', '1.0.0', one);
    const { resolutions, findings } = await lookAs(ownValue, images, ['r.io', 'r.io/test'], registry);
    expect(resolutions.map(verdict)).toEqual([
      'found r.io/release/contoso-a:1.0.0 → release/contoso-a',
      'found r.io/release/contoso-b:1.0.0 → release/contoso-b',
      'found r.io/release/contoso-c:1.0.0 → release/contoso-c',
      'found r.io/test/test-release/contoso-test:1.0.0 → test-release/contoso-test',
    ]);
    expect(findings).toEqual([]);
  });
});

test('a real namespace in the chart is found in the source', async () => {
  const registry = memoryRegistry('r.io');
  registry.add('core/contoso-a', '1.0.0', one);
  const { resolutions } = await look(['core/contoso-a:1.0.0'], ['r.io'], registry);
  expect(resolutions.map(verdict)).toEqual(['found r.io/core/contoso-a:1.0.0 → core/contoso-a']);
});

test('overwriteme/nginx is found as library/nginx on Docker Hub and is nginx in the target', async () => {
  const hub = memoryRegistry('docker.io');
  hub.add('library/nginx', 'stable', one);
  const { resolutions } = await lookAs(ownValue, ['overwriteme/nginx:stable'], ['docker.io'], hub);
  expect(resolutions.map(verdict)).toEqual(['found docker.io/library/nginx:stable → nginx']);
});

test('the first source that has the image wins, and the trace shows all of them', async () => {
  const [first, second, third] = [memoryRegistry('r1.io'), memoryRegistry('r2.io'), memoryRegistry('r3.io')];
  second.add('a', '1', one);
  third.add('a', '1', two);
  const { resolutions } = await look(['a:1'], ['r1.io', 'r2.io', 'r3.io'], first, second, third);
  expect(resolutions[0]).toMatchObject({ status: 'found', manifest: { digest: one.digest } });
  expect(trace(resolutions[0])).toEqual(['r1.io/a:1 absent', 'r2.io/a:1 found', 'r3.io/a:1 found']);
});

test('all sources of an image are checked in parallel', async () => {
  let asked = 0;
  let all = () => {};
  const everyoneAsked = new Promise<void>((resolve) => {
    all = resolve;
  });
  const patient = (host: string): Registry => ({
    ...memoryRegistry(host),
    async headManifest() {
      asked += 1;
      if (asked === 3) all();
      // Asked one after the other this would never come.
      await everyoneAsked;
      return { result: 'absent', reason: 'not there' };
    },
  });
  const hosts = ['r1.io', 'r2.io', 'r3.io'];
  const { resolutions } = await look(['a:1'], hosts, ...hosts.map(patient));
  expect(trace(resolutions[0])).toEqual(hosts.map((host) => `${host}/a:1 absent`));
});

test('a reference with tag and digest is looked up by digest', async () => {
  const registry = memoryRegistry('r.io');
  registry.add('a', '1', two);
  registry.add('a', 'old', one);
  const { resolutions } = await look([`r.io/a:1@${one.digest}`], ['r.io'], registry);
  expect(resolutions[0]).toMatchObject({ status: 'found', manifest: { digest: one.digest } });
  expect(registry.calls).toEqual([`headManifest a ${one.digest}`]);
});

test('an image that no source has is absent, and the finding lists its uses and all checked repositories', async () => {
  const { resolutions, findings } = await resolveImages(
    [discovered('repository/a:1', [{ template: 'demo/templates/b.yaml' }])],
    sourcesOf('r1.io', 'r2.io/ns'),
    memoryRegistries(memoryRegistry('r1.io'), memoryRegistry('r2.io')),
    options,
  );
  expect(resolutions.map(verdict)).toEqual(['absent']);
  expect(findings).toEqual([
    {
      code: 'absent',
      severity: 'error',
      image: 'repository/a:1',
      message:
        'Image not found: repository/a:1 (used in demo/templates/app.yaml (Deployment app) and 1 more place). Checked: ' +
        'r1.io/repository/a:1, r2.io/ns/repository/a:1.',
      advice: expect.stringContaining('add its registry and namespace to image-sources'),
      part: 'repository',
    },
  ]);
});

describe('a source that cannot be checked', () => {
  test('makes an image unknown and never absent', async () => {
    const { resolutions, findings } = await look(
      ['a:1'],
      ['r1.io', 'r2.io'],
      memoryRegistry('r1.io'),
      deadRegistry('r2.io'),
    );
    expect(resolutions.map(verdict)).toEqual(['unknown']);
    expect(findings).toEqual([
      {
        code: 'unknown',
        severity: 'error',
        images: ['a:1'],
        message: 'Cannot check a:1 (used in demo/templates/app.yaml (Deployment app)): r2.io did not answer.',
        advice: 'See that it is up. The registry is named in image-sources.',
      },
    ]);
  });

  test('makes an image unknown that a later source has, and the finding names that source', async () => {
    const later = memoryRegistry('r2.io');
    later.add('a', '1', one);
    const { resolutions, findings } = await look(['a:1'], ['r1.io', 'r2.io'], deadRegistry('r1.io'), later);
    expect(resolutions.map(verdict)).toEqual(['unknown']);
    expect(trace(resolutions[0])).toEqual(['r1.io/a:1 unknown', 'r2.io/a:1 found']);
    expect(findings[0]?.message).toMatch(/: r1.io did not answer\. A later source has it: r2.io\/a:1\.$/);
  });

  test('does not matter when an earlier source has the image', async () => {
    const first = memoryRegistry('r1.io');
    first.add('a', '1', one);
    const { resolutions, findings } = await look(['a:1'], ['r1.io', 'r2.io'], first, deadRegistry('r2.io'));
    expect(resolutions.map(verdict)).toEqual(['found r1.io/a:1 → a']);
    expect(findings).toEqual([]);
  });

  test('is not waited for without end when an earlier source has the image', async () => {
    const first = memoryRegistry('r1.io');
    for (const name of ['a', 'b']) first.add(name, '1', one);
    const silent: Registry = { ...memoryRegistry('r2.io'), headManifest: () => new Promise(() => {}) };
    const { resolutions, findings } = await look(['a:1', 'b:1'], ['r1.io', 'r2.io'], first, silent);
    expect(resolutions.map(verdict)).toEqual(['found r1.io/a:1 → a', 'found r1.io/b:1 → b']);
    expect(resolutions.map(trace)).toEqual([
      ['r1.io/a:1 found', 'r2.io/a:1 unknown'],
      ['r1.io/b:1 found', 'r2.io/b:1 unknown'],
    ]);
    expect(findings).toEqual([]);
  });

  test('is reported once and not once per image', async () => {
    const images = ['a:1', 'b:1', 'c:1', 'd:1', 'e:1', 'f:1', 'g:1', 'h:1'];
    const { resolutions, findings } = await look(images, ['r1.io'], deadRegistry('r1.io', 'unauthorized'));
    expect(resolutions.map(verdict)).toEqual(images.map(() => 'unknown'));
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ code: 'unknown', images });
    expect(findings[0]?.message).toBe(`Cannot check 8 images: r1.io did not answer. They are ${images.join(', ')}.`);
  });

  test('is reported separately from another source with another error', async () => {
    const { findings } = await look(
      ['r1.io/a:1', 'r2.io/b:1', 'r1.io/c:1'],
      ['upstream'],
      deadRegistry('r1.io'),
      deadRegistry('r2.io'),
    );
    expect(findings.map((finding) => finding.image)).toEqual(['r1.io/a:1', 'r2.io/b:1']);
  });
});

describe('an image that two sources have', () => {
  const sources = ['r1.io', 'r2.io'];
  const registriesWith = (first: TestImage, second: TestImage) => {
    const registries = [memoryRegistry('r1.io'), memoryRegistry('r2.io')] as const;
    registries[0].add('a', '1', first);
    registries[1].add('a', '1', second);
    return registries;
  };

  test('has a notice if they have different content, and the first is used', async () => {
    const { resolutions, findings } = await look(['a:1'], sources, ...registriesWith(one, two));
    expect(resolutions.map(verdict)).toEqual(['found r1.io/a:1 → a']);
    expect(findings).toMatchObject([{ code: 'differs', severity: 'notice', image: 'a:1' }]);
    expect(findings[0]?.message).toContain(
      `different content in two sources: r1.io/a:1 (${one.digest}), which is used, and r2.io/a:1 (${two.digest}).`,
    );
    expect(findings[0]?.advice).toContain('order of image-sources');
  });

  test('has no notice when they hold the same', async () => {
    const { findings } = await look(['a:1'], sources, ...registriesWith(one, one));
    expect(findings).toEqual([]);
  });

  test('is not ambiguous because of another image of the second source whose name ends alike', async () => {
    const [first, second] = [memoryRegistry('r1.io'), memoryRegistry('docker.io')];
    first.add('bitnami/nginx', '1', one);
    second.add('bitnami/nginx', '1', one);
    second.add('library/nginx', '1', two);
    const registries = [first, second];
    const { resolutions, findings } = await lookAs(
      partOfValue,
      ['bitnami/nginx:1'],
      ['r1.io', 'docker.io'],
      ...registries,
    );
    expect(resolutions.map(verdict)).toEqual(['found r1.io/bitnami/nginx:1 → bitnami/nginx']);
    expect(findings).toEqual([]);
  });
});

describe('credentials that see only some repositories of a source', () => {
  /** Refuses every repository but one. */
  function limited(host: string, code: 'unauthorized' | 'denied', repository: string): Registry {
    const registry = memoryRegistry(host);
    registry.add(repository, '1', one);
    const error = new ChartImagesError(code, `${host} refuses.`, { advice: 'Ask.' });
    return {
      ...registry,
      headManifest: async (asked, key) =>
        asked === repository ? registry.headManifest(asked, key) : { result: 'unknown', error },
    };
  }

  test.each(['unauthorized', 'denied'] as const)(
    'find the image under the form that they see (%s for the other)',
    async (code) => {
      const registry = limited('r.io', code, 'core/a');
      const { resolutions, findings } = await lookAs(untraced, ['core/a:1'], ['r.io'], registry);
      expect(resolutions.map(verdict)).toEqual(['found r.io/core/a:1 → core/a']);
      expect(trace(resolutions[0])).toEqual(['r.io/a:1 unknown', 'r.io/core/a:1 found']);
      expect(findings).toMatchObject([{ code: 'unexpected-path', severity: 'notice' }]);
      expect(findings[0]?.message).toContain('r.io/a:1 was looked up first, but access to it is denied');
    },
  );

  test('leave the image unknown when they see only the form that the values of the chart speak against', async () => {
    const registry = limited('r.io', 'denied', 'a');
    const { resolutions } = await lookAs(partOfValue, ['core/a:1'], ['r.io'], registry);
    expect(resolutions.map(verdict)).toEqual(['unknown']);
  });

  test('leave the image unknown when they see neither form, and when only a later source shows it', async () => {
    const sources = ['r1.io', 'r2.io'];
    const registries = [limited('r1.io', 'denied', 'other'), limited('r2.io', 'denied', 'core/a')];
    const { resolutions } = await lookAs(untraced, ['core/a:1', 'core/b:1'], sources, ...registries);
    expect(resolutions.map(verdict)).toEqual(['unknown', 'unknown']);
  });

  test('are not reported if the other form could not be checked', async () => {
    const registry = memoryRegistry('r.io');
    registry.add('core/a', '1', one);
    const error = new ChartImagesError('registry-answer', 'r.io answers 500.', { advice: 'Wait.' });
    const half: Registry = {
      ...registry,
      headManifest: async (asked, key) =>
        asked === 'a' ? { result: 'unknown', error } : registry.headManifest(asked, key),
    };
    expect((await lookAs(untraced, ['core/a:1'], ['r.io'], half)).resolutions.map(verdict)).toEqual(['unknown']);
  });
});

test('no registry gets the same request twice for several references', async () => {
  const registry = memoryRegistry('r.io');
  registry.add('a', '1', one);
  const { resolutions } = await lookAs(untraced, ['r.io/a:1', 'quay.io/a:1', 'a:1', 'x/a:1'], ['r.io'], registry);
  expect(resolutions.map(verdict)).toEqual(Array(4).fill('found r.io/a:1 → a'));
  expect([...registry.calls].sort()).toEqual(['headManifest a 1', 'headManifest x/a 1']);
});

test('images are looked up in parallel, within the limit, and reported in order', async () => {
  const registry = memoryRegistry('r.io');
  let running = 0;
  let most = 0;
  const slow: Registry = {
    ...registry,
    async headManifest(repository, key) {
      running += 1;
      most = Math.max(most, running);
      // The first takes the longest, so that the order of the answers is not the order of the images.
      await new Promise((resolve) => setTimeout(resolve, repository === 'i0' ? 30 : 2));
      running -= 1;
      return registry.headManifest(repository, key);
    },
  };
  const images = Array.from({ length: 12 }, (_, index) => `i${index}:1`);
  const { resolutions, findings } = await look(images, ['r.io'], slow);
  expect(most).toBe(options.concurrency);
  expect(resolutions.map(({ image }) => image.image)).toEqual(images);
  expect(findings.map((finding) => finding.image)).toEqual(images);
});

test('an interrupted run is no answer', async () => {
  const cancelled = new ChartImagesError('cancelled', 'The run was interrupted.', { advice: '' });
  const registry: Registry = { ...memoryRegistry('r.io'), headManifest: () => Promise.reject(cancelled) };
  await expect(look(['a:1', 'b:1'], ['r.io'], registry)).rejects.toBe(cancelled);
});

test('with resolve: false every image is unresolved and no request is sent', () => {
  expect(unresolvedAll([discovered('a:1')])).toEqual([{ status: 'unresolved', image: discovered('a:1'), lookups: [] }]);
});
