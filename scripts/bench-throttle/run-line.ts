import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Seconds after which a program is ended: it waits longer than a person would. */
const limit = 240;

/** Seconds that a line of bash takes, whatever it ends with. Undefined if it was ended. */
export async function runLine(line: string, home: string): Promise<number | undefined> {
  const began = performance.now();
  const child = spawn('bash', ['-c', line], {
    env: { ...process.env, HOME: home },
    stdio: 'ignore',
    // A group of its own, by which its processes are ended.
    detached: true,
  });
  let isEnded = false;
  const timer = setTimeout(() => {
    isEnded = true;
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  }, limit * 1000);
  await once(child, 'close');
  clearTimeout(timer);
  return isEnded ? undefined : (performance.now() - began) / 1000;
}
