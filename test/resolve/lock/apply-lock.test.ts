import { describe, expect, test } from 'vitest';
import { ChartImagesError } from '../../../src/core/errors.ts';
import { computeDigest, type Digest } from '../../../src/core/oci/digest.ts';
import { planCopies } from '../../../src/mirror/plan/plan-copies.ts';
import type { Registry } from '../../../src/registry/client/registry.ts';
import { applyLock } from '../../../src/resolve/lock/apply-lock.ts';
import type { LockFile } from '../../../src/resolve/lock/lock.ts';
import { createLock } from '../../../src/resolve/lock/lock.ts';
import type { Resolution } from '../../../src/resolve/resolution.ts';
import { resolveImages } from '../../../src/resolve/resolve.ts';
import { discovered, sourcesOf } from '../../support/discovered.ts';
import { makeImage } from '../../support/images.ts';
import { memoryRegistries, memoryRegistry } from '../../support/memory-registry.ts';

const old = await makeImage({ seed: 'old' });
const current = await makeImage({ seed: 'new' });
const options = { concurrency: 2 };

function locked(entries: Readonly<Record<string, Digest>>, mode: LockFile['mode'] = 'kept'): LockFile {
  const images = Object.entries(entries).map(
    ([image, digest]) => [image, { source: `r.io/${image}`, digest }] as const,
  );
  return { path: '/repository/images.lock.json', name: 'images.lock.json', lock: { images: new Map(images) }, mode };
}

async function hold(text: string, file: LockFile | undefined, registry: Registry) {
  const registries = memoryRegistries(registry, memoryRegistry('t.io'));
  const { resolutions } = await resolveImages([discovered(text)], sourcesOf('r.io'), registries, options);
  const held = await applyLock({ resolutions, findings: [] }, file, registries, options);
  return { ...held, registries };
}

function digestOf(resolution: Resolution | undefined): string {
  return resolution?.status === 'found' ? resolution.manifest.digest : (resolution?.status ?? 'nothing');
}

/** Where the tag `a:1` has moved from the old image to the current one. */
function moved() {
  const registry = memoryRegistry('r.io');
  registry.add('a', '1', old);
  registry.add('a', '1', current);
  return registry;
}

test('without a lock file, or with the locked digest, there is no finding', async () => {
  for (const file of [undefined, locked({}), locked({ 'a:1': current.digest })]) {
    const { resolutions, findings } = await hold('a:1', file, moved());
    expect([resolutions.map(digestOf), findings]).toEqual([[current.digest], []]);
  }
});

describe('a tag that has moved', () => {
  test('is drift, and the locked content is used', async () => {
    const { resolutions, findings } = await hold('a:1', locked({ 'a:1': old.digest }), moved());
    expect(resolutions.map(digestOf)).toEqual([old.digest]);
    expect(findings).toEqual([
      {
        code: 'drift',
        severity: 'warning',
        image: 'a:1',
        message: `a:1 (used in demo/templates/app.yaml (Deployment app)) is locked to ${old.digest}, but r.io/a:1 is now ${current.digest}.`,
        advice: expect.stringContaining('remove the entry of the image from images.lock.json'),
      },
    ]);
  });

  test('stays locked when the lock is written again', async () => {
    const { resolutions } = await hold('a:1', locked({ 'a:1': old.digest }), moved());
    expect(createLock(resolutions)?.images.get('a:1')).toEqual({ source: 'r.io/a:1', digest: old.digest });
  });

  test('is copied as it was locked, to the same tag', async () => {
    const { resolutions, registries } = await hold('a:1', locked({ 'a:1': old.digest }), moved());
    const { copies } = await planCopies(resolutions, { registry: 't.io', namespace: '' }, 'fail', registries);
    expect(copies).toMatchObject([
      { from: { digest: old.digest }, manifest: { digest: old.digest }, to: { repository: 'a', tag: '1' } },
    ]);
  });

  test('is a conflict in a target that is the source', async () => {
    const { resolutions, registries } = await hold('a:1', locked({ 'a:1': old.digest }), moved());
    const { copies } = await planCopies(resolutions, { registry: 'r.io', namespace: '' }, 'fail', registries);
    expect(copies.map(({ step }) => step.action)).toEqual(['conflict']);
  });

  test('makes the image absent if the locked content does not exist', async () => {
    const registry = memoryRegistry('r.io');
    registry.add('a', '1', current);
    const { resolutions, findings } = await hold('a:1', locked({ 'a:1': old.digest }), registry);
    expect(resolutions.map(digestOf)).toEqual(['absent']);
    expect(findings.map(({ code }) => code)).toEqual(['drift', 'absent']);
    expect(findings[1]?.message).toContain(`Checked: r.io/a:1@${old.digest}`);
  });

  test('makes the image unknown if the locked content cannot be checked', async () => {
    const registry = moved();
    const error = new ChartImagesError('registry-answer', 'r.io answers 500.', { advice: 'Wait.' });
    const { resolutions, findings } = await hold('a:1', locked({ 'a:1': old.digest }), {
      ...registry,
      headManifest: async (repository, key) =>
        key === old.digest ? { result: 'unknown', error } : registry.headManifest(repository, key),
    });
    expect(resolutions.map(digestOf)).toEqual(['unknown']);
    expect(findings.map(({ code }) => code)).toEqual(['drift', 'unknown']);
  });
});

test('a digest in the chart decides against the lock, and is drift', async () => {
  const text = `a:1@${current.digest}`;
  const { resolutions, findings } = await hold(text, locked({ [text]: old.digest }), moved());
  expect(resolutions.map(digestOf)).toEqual([current.digest]);
  expect(findings.map(({ code }) => code)).toEqual(['drift']);
});

test('an absent image stays absent even if it is locked', async () => {
  const { resolutions, findings } = await hold('b:1', locked({ 'b:1': old.digest }), moved());
  expect([resolutions.map(digestOf), findings]).toEqual([['absent'], []]);
});

describe('a frozen run', () => {
  test('finds fault with every image that the lock does not hold', async () => {
    const { findings } = await hold('a:1', locked({ 'b:1': old.digest }, 'frozen'), moved());
    expect(findings).toMatchObject([{ code: 'drift', severity: 'error', image: 'a:1' }]);
    expect(findings[0]?.message).toContain('is not in images.lock.json, and the run is frozen');
  });

  test('reports nothing for locked images', async () => {
    const { findings } = await hold('a:1', locked({ 'a:1': current.digest }, 'frozen'), moved());
    expect(findings).toEqual([]);
  });
});

describe('locked content', () => {
  const sources = ['one.io', 'two.io'];

  async function holdIn(registries: readonly Registry[], file: LockFile) {
    const all = memoryRegistries(...registries);
    const resolved = await resolveImages([discovered('a:1')], sourcesOf(...sources), all, options);
    return await applyLock(resolved, file, all, options);
  }

  test('is looked for in every source, not only where the tag is', async () => {
    const [one, two] = [memoryRegistry('one.io'), memoryRegistry('two.io')];
    one.add('a', '1', current);
    two.add('a', '1', old);
    const { resolutions, findings } = await holdIn([one, two], locked({ 'a:1': old.digest }));
    expect(resolutions).toMatchObject([
      { status: 'found', manifest: { digest: old.digest }, candidate: { reference: { registry: 'two.io' } } },
    ]);
    expect(findings.map(({ code }) => code)).toContain('drift');
  });

  test('is found by digest where the tag is gone, and the image no longer counts as absent', async () => {
    const two = memoryRegistry('two.io');
    two.add('a', 'other', old);
    const { resolutions, findings } = await holdIn([memoryRegistry('one.io'), two], locked({ 'a:1': old.digest }));
    expect(resolutions).toMatchObject([
      { status: 'found', manifest: { digest: old.digest }, candidate: { reference: { registry: 'two.io', tag: '1' } } },
    ]);
    expect(findings).toMatchObject([
      { code: 'drift', message: expect.stringContaining('no source has its tag any more') },
    ]);
  });

  test('that no source has makes the image absent, with all places that were checked', async () => {
    const [one, two] = [memoryRegistry('one.io'), memoryRegistry('two.io')];
    one.add('a', '1', current);
    const { resolutions, findings } = await holdIn([one, two], locked({ 'a:1': old.digest }));
    expect(resolutions.map(digestOf)).toEqual(['absent']);
    expect(findings.at(-1)?.message).toContain(`Checked: one.io/a:1@${old.digest}, two.io/a:1@${old.digest}.`);
  });

  test('locked by sha512 is that of a registry that reports sha256', async () => {
    const digest = computeDigest(old.bytes, 'sha512');
    const [one, two] = [memoryRegistry('one.io'), memoryRegistry('two.io')];
    one.add('a', '1', old);
    const { resolutions, findings } = await holdIn([one, two], locked({ 'a:1': digest }));
    expect(resolutions.map(digestOf)).toEqual([old.digest]);
    expect(findings).toEqual([]);
  });
});
