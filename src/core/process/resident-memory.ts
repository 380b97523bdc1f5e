import { readdir, readFile } from 'node:fs/promises';

/**
 * Bytes of resident memory of a process and all its descendants. Undefined if the system has no /proc (macOS, Windows),
 * or the process has ended.
 */
export async function residentMemory(pid: number): Promise<number | undefined> {
  const own = await residentOf(pid);
  if (own === undefined) return undefined;
  const below = await Promise.all((await childrenOf(pid)).map(residentMemory));
  return below.reduce<number>((sum, bytes) => sum + (bytes ?? 0), own);
}

async function residentOf(pid: number): Promise<number | undefined> {
  const status = await readProc(`${pid}/status`);
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
}

/** Each thread has its own list of children. */
async function childrenOf(pid: number): Promise<readonly number[]> {
  const threads = await readdir(`/proc/${pid}/task`).catch((): readonly string[] => []);
  const lists = await Promise.all(threads.map((thread) => readProc(`${pid}/task/${thread}/children`)));
  return lists.flatMap((list) => list.split(' ').filter((id) => id !== '')).map(Number);
}

/** Empty if the process has ended. */
async function readProc(file: string): Promise<string> {
  return await readFile(`/proc/${file}`, 'utf8').catch(() => '');
}
