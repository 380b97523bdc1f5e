/** The Azure Pipelines task as an agent has it: packed into the extension by tfx-cli, and unpacked again. */
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import { inject } from 'vitest';
import { packStage, stageExtension } from '../../scripts/vsix.ts';

export interface UnpackedTask {
  /** The whole extension, unpacked. */
  readonly extension: string;
  /** The task's own folder in it, with its task.json. Shared by all tests: nothing may be written there. */
  readonly folder: string;
  /** The script that task.json names for Node 24. */
  readonly entry: string;
  /** The packed file. */
  readonly vsix: string;
}

interface Execution {
  readonly execution: Readonly<Record<string, { readonly target: string }>>;
}

let made: Promise<UnpackedTask> | undefined;

/** Packed and unpacked once for all test files of a run. */
export async function unpackedTask(): Promise<UnpackedTask> {
  made ??= provideTask(join(inject('runFolder'), 'extension'));
  return await made;
}

/** Of workers that begin at the same time each makes its own, and the first to end gives it to all. */
async function provideTask(shared: string): Promise<UnpackedTask> {
  const known = await taskIn(shared);
  if (known !== undefined) return known;
  const own = await mkdtemp(`${shared}-`);
  const file = join(own, 'chart-images.vsix');
  stageExtension({ stage: join(own, 'stage') });
  packStage(join(own, 'stage'), file);
  await unzip(file, join(own, 'unpacked'));
  await rm(join(own, 'stage'), { recursive: true });
  // Refused where the folder is there already.
  await rename(own, shared).catch(async () => await rm(own, { recursive: true, force: true }));
  const task = await taskIn(shared);
  if (task === undefined) throw new Error(`there is no task in ${shared}`);
  return task;
}

async function taskIn(shared: string): Promise<UnpackedTask | undefined> {
  const extension = join(shared, 'unpacked');
  const folder = join(extension, 'task');
  const text = await readFile(join(folder, 'task.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  // Written by scripts/generate.ts and checked by its own test.
  const { execution } = JSON.parse(text) as Execution;
  const handler = execution['Node24'];
  if (handler === undefined) throw new Error('the task has no handler Node24');
  return { extension, folder, entry: join(folder, handler.target), vsix: join(shared, 'chart-images.vsix') };
}

/** Entries that end with a slash are folders. */
async function unzip(file: string, to: string): Promise<void> {
  const entries = unzipSync(await readFile(file));
  for (const [name, bytes] of Object.entries(entries)) {
    const path = join(to, name);
    await mkdir(name.endsWith('/') ? path : dirname(path), { recursive: true });
    if (!name.endsWith('/')) await writeFile(path, bytes);
  }
}
