import { readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readLockFile } from '../../../src/inputs/read-lock.ts';
import { applyLock } from '../../../src/resolve/lock/apply-lock.ts';
import { writeLock } from '../../../src/resolve/lock/write-lock.ts';
import { resolveImages } from '../../../src/resolve/resolve.ts';
import { recordingLog } from '../../helm/cli/helm-fixtures.ts';
import { discovered, sourcesOf } from '../../support/discovered.ts';
import { testFolder } from '../../support/folder.ts';
import { makeImage, type TestImage } from '../../support/images.ts';
import { memoryRegistries, memoryRegistry } from '../../support/memory-registry.ts';

const old = await makeImage({ seed: 'old' });
const current = await makeImage({ seed: 'new' });
const options = { concurrency: 2 };

/** Runs in one folder with `images.lock.json`, and what they log and find. */
async function lockingIn(work: string, holding: Readonly<Record<string, TestImage>>, mode: 'kept' | 'frozen' = 'kept') {
  const registry = memoryRegistry('r.io');
  for (const image of [old, current]) registry.add('a', image.digest, image);
  for (const [name, image] of Object.entries(holding)) registry.add(name, '1', image);
  const registries = memoryRegistries(registry);
  const log = recordingLog();
  const run = async (...texts: readonly string[]) => {
    const file = await readLockFile('images.lock.json', mode, work);
    const images = texts.map((text) => discovered(text));
    const { resolutions } = await resolveImages(images, sourcesOf('r.io'), registries, options);
    const held = await applyLock({ resolutions, findings: [] }, file, registries, options);
    await writeLock(held.resolutions, file, log);
    return held.findings.map(({ code, image }) => `${code} ${image}`);
  };
  return { run, log };
}

async function keysIn(work: string): Promise<readonly string[]> {
  return Object.keys(JSON.parse(await readFile(join(work, 'images.lock.json'), 'utf8')).images);
}

test('a run that finds all images writes the lock file, the next run uses it, and new images are added', async () => {
  const work = await testFolder();
  const first = await lockingIn(work, { a: old });
  expect(await first.run('a:1')).toEqual([]);
  expect(first.log.lines).toContain('Wrote images.lock.json (1 image)');
  const second = await lockingIn(work, { a: current, b: old });
  expect(await second.run('b:1', 'a:1')).toEqual(['drift a:1']);
  const { images } = JSON.parse(await readFile(join(work, 'images.lock.json'), 'utf8'));
  expect(images).toEqual({
    'a:1': { source: 'r.io/a:1', digest: old.digest },
    'b:1': { source: 'r.io/b:1', digest: old.digest },
  });
});

test('images that no chart uses are removed from the lock file', async () => {
  const work = await testFolder();
  const { run, log } = await lockingIn(work, { a: old, b: old });
  await run('a:1', 'b:1');
  await run('b:1');
  expect(await keysIn(work)).toEqual(['b:1']);
  expect(log.lines).toContain('Removed from images.lock.json: a:1, which no chart of this run uses');
});

test('a frozen lock file keeps images that no chart uses, and the log lists them', async () => {
  const work = await testFolder();
  await (await lockingIn(work, { a: old, b: old })).run('a:1', 'b:1');
  const frozen = await lockingIn(work, { a: old, b: old }, 'frozen');
  expect(await frozen.run('b:1')).toEqual([]);
  expect(await keysIn(work)).toEqual(['a:1', 'b:1']);
  expect(frozen.log.lines).toEqual(['images.lock.json lists a:1, which no chart of this run uses']);
});

test('a file that would not change is not touched', async () => {
  const work = await testFolder();
  const { run } = await lockingIn(work, { a: old });
  await run('a:1');
  const path = join(work, 'images.lock.json');
  await utimes(path, 1, 1);
  await run('a:1');
  expect((await stat(path)).mtimeMs).toBe(1000);
});

test('a run that does not find everything writes nothing', async () => {
  const work = await testFolder();
  const { run, log } = await lockingIn(work, { a: old });
  await run('a:1', 'missing:1');
  await expect(stat(join(work, 'images.lock.json'))).rejects.toMatchObject({ code: 'ENOENT' });
  expect(log.lines).toContain('Skipped images.lock.json: not every image was found');
});

test('a frozen run writes nothing', async () => {
  const work = await testFolder();
  const text = '{ "version": 1, "images": {} }';
  await writeFile(join(work, 'images.lock.json'), text);
  const { run } = await lockingIn(work, { a: old }, 'frozen');
  expect(await run('a:1')).toEqual(['drift a:1']);
  expect(await readFile(join(work, 'images.lock.json'), 'utf8')).toBe(text);
});
