import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readLockFile } from '../../src/inputs/read-lock.ts';
import { faultsOf } from '../support/faults.ts';
import { testFolder } from '../support/folder.ts';

const digest = `sha256:${'0'.repeat(64)}`;

async function read(content: string | Buffer, mode: 'kept' | 'frozen' = 'kept') {
  const work = await testFolder();
  await writeFile(join(work, 'images.lock.json'), content);
  return await readLockFile('images.lock.json', mode, work);
}

test('a lock file is read, also with comments that someone put there', async () => {
  const file = await read(
    `{ "version": 1, // ours\n "images": { "a:1": { "source": "r.io/a:1", "digest": "${digest}" } } }`,
  );
  expect(file).toMatchObject({ name: 'images.lock.json', mode: 'kept' });
  expect([...(file?.lock?.images ?? [])]).toEqual([['a:1', { source: 'r.io/a:1', digest }]]);
});

test('a lock file that does not exist yet is to be written; without the input there is none', async () => {
  const work = await testFolder();
  expect(await readLockFile('locks/images.json', 'kept', work)).toEqual({
    path: join(work, 'locks', 'images.json'),
    name: 'locks/images.json',
    mode: 'kept',
    lock: undefined,
  });
  expect(await readLockFile(undefined, 'kept', work)).toBeUndefined();
});

test.each<[string, string | Buffer, string, string]>([
  ['another version', '{ "version": 2, "images": {} }', 'schema', 'images.lock.json:1:14'],
  ['no images', '{ "version": 1 }', 'schema', 'images.lock.json:1:1'],
  ['images in a list', '{ "version": 1,\n  "images": [] }', 'schema', 'images.lock.json:2:13'],
  [
    'a digest that is none',
    '{ "version": 1, "images": {\n "a:1": { "source": "r", "digest": "sha256:1" } } }',
    'schema',
    'images.lock.json:2:36',
  ],
  [
    'an image without digest',
    '{ "version": 1, "images": {\n "a:1": { "source": "r" } } }',
    'schema',
    'images.lock.json:2:9',
  ],
  ['an unknown key', '{ "version": 1, "images": {}, "imagse": 1 }', 'unknown-input', 'images.lock.json:1:31'],
  ['an image twice', '{ "version": 1, "images": {\n "a": 1,\n "a": 2 } }', 'syntax', 'images.lock.json:3:2'],
  ['a merge conflict', '{ "version": 1,\n<<<<<<< ours\n "images": {} }', 'syntax', 'images.lock.json:2:1'],
  ['nothing', '', 'syntax', 'images.lock.json:1:1'],
  ['more bytes than a lock has', Buffer.alloc(4 * 1024 * 1024 + 1, ' '), 'file-too-large', 'images.lock.json'],
  ['no text', Buffer.from([0xff, 0xfe, 0x00]), 'file-unreadable', 'images.lock.json'],
])('a lock file with %s is told at its place', async (_, content, code, place) => {
  const [first] = await faultsOf(read(content));
  const { file, line, column } = first?.location ?? {};
  expect([first?.code, [file, line, column].filter((part) => part !== undefined).join(':')]).toEqual([code, place]);
});

test('a frozen run needs a lock file that exists', async () => {
  const work = await testFolder();
  expect(await faultsOf(readLockFile(undefined, 'frozen', work))).toMatchObject([{ code: 'missing-input' }]);
  expect(await faultsOf(readLockFile('none.json', 'frozen', work))).toMatchObject([
    { code: 'file-not-found', advice: expect.stringContaining('Run once without frozen') },
  ]);
});

test('a lock file is no folder', async () => {
  const work = await testFolder();
  await mkdir(join(work, 'locks'));
  expect(await faultsOf(readLockFile('locks/', 'kept', work))).toMatchObject([{ code: 'invalid-input' }]);
  expect(await faultsOf(readLockFile('locks', 'kept', work))).toMatchObject([{ code: 'file-unreadable' }]);
});
