import { residentMemory } from './resident-memory.ts';

/** Milliseconds. Go's allocator was seen to take 1 GiB in a second, so a program passes its bound by about a tenth of that. */
const pause = 100;

/**
 * Calls `onExcess` once as soon as the program and its children hold more than so many bytes; returns what ends the watch. A limit
 * of the kernel (`ulimit -v`) can't do this: Go reserves far more addresses than it uses.
 */
export function watchMemory(pid: number, maximumBytes: number, onExcess: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  let over = false;
  const look = async (): Promise<void> => {
    const bytes = await residentMemory(pid);
    if (over || bytes === undefined) return;
    if (bytes > maximumBytes) onExcess();
    else timer = setTimeout(look, pause);
  };
  timer = setTimeout(look, pause);
  return () => {
    over = true;
    clearTimeout(timer);
  };
}
