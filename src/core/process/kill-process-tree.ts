import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** A cancelled run has to be gone within a second; this is the part of it that a program may use to tidy up. */
const graceMilliseconds = 400;

const running = new Set<ChildProcess>();
let watching = false;

/** From now on the program and its children end with this process, however that ends (but for SIGKILL). */
export function killOnExit(child: ChildProcess): void {
  running.add(child);
  child.once('close', () => running.delete(child));
  if (watching) return;
  watching = true;
  process.once('exit', () => {
    for (const each of running) sendToTree(each, 'SIGKILL');
  });
}

/** Ends the program and every program it started: asks first, insists after a moment. */
export function killProcessTree(child: ChildProcess): void {
  sendToTree(child, 'SIGTERM');
  const insist = setTimeout(() => endTreeAtOnce(child), graceMilliseconds);
  child.once('close', () => clearTimeout(insist));
}

/** Ends the program and every program it started without asking. */
export function endTreeAtOnce(child: ChildProcess): void {
  sendToTree(child, 'SIGKILL');
  // A grandchild that left the group could hold the pipes open for ever, and `close` would never come.
  child.stdout?.destroy();
  child.stderr?.destroy();
}

function sendToTree(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (child.pid === undefined) return;
  if (process.platform === 'win32') {
    // Windows knows neither groups nor SIGTERM; taskkill walks the tree. /F: a console program ignores the soft form.
    const taskkill = join(process.env['SystemRoot'] ?? 'C:\\Windows', 'System32', 'taskkill.exe');
    spawn(taskkill, ['/pid', String(child.pid), '/T', '/F'], { stdio: 'ignore', windowsHide: true }).once('error', () =>
      child.kill(signal),
    );
    return;
  }
  try {
    process.kill(-child.pid, signal);
  } catch {
    // ESRCH: the group is gone already, which is what was wanted.
  }
}
