import { residentMemory } from './resident-memory.ts';

/**
 * Milliseconds. Go was observed to allocate 1 GiB in a second, so a program exceeds its limit by about a tenth of
 * that.
 */
const pause = 100;

/**
 * Calls `onExcess` once if the program and its children exceed the limit. Returns a function that stops watching. The
 * kernel can't enforce this limit (`ulimit -v`), because Go reserves far more addresses than it uses.
 */
export function watchMemory(pid: number, maximumBytes: number, onExcess: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  const check = async (): Promise<void> => {
    const bytes = await residentMemory(pid);
    if (isStopped || bytes === undefined) return;
    if (bytes > maximumBytes) onExcess();
    else timer = setTimeout(check, pause);
  };
  timer = setTimeout(check, pause);
  return () => {
    isStopped = true;
    clearTimeout(timer);
  };
}
