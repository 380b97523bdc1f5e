import { readdir, readFile } from 'node:fs/promises';

/**
 * Bytes of memory that a program and all programs it started hold now (their resident sets added up). Undefined if this system
 * has no /proc (macOS, Windows), or the program is gone.
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

/** Any of its threads may have started a program. */
async function childrenOf(pid: number): Promise<readonly number[]> {
  const threads = await readdir(`/proc/${pid}/task`).catch((): readonly string[] => []);
  const lists = await Promise.all(threads.map((thread) => readProc(`${pid}/task/${thread}/children`)));
  return lists.flatMap((list) => list.split(' ').filter((id) => id !== '')).map(Number);
}

/** Empty if the process is gone. */
async function readProc(file: string): Promise<string> {
  return await readFile(`/proc/${file}`, 'utf8').catch(() => '');
}
