import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** A canceled run must end within a second. Programs may use this part of it to clean up. */
const graceMilliseconds = 400;

const running = new Set<ChildProcess>();
let isListening = false;

/** The program and its children end when this process ends, except by SIGKILL. */
export function killOnExit(child: ChildProcess): void {
  running.add(child);
  child.once('close', () => running.delete(child));
  if (isListening) return;
  isListening = true;
  process.once('exit', () => {
    for (const each of running) sendToTree(each, 'SIGKILL');
  });
}

/** Sends SIGTERM to the program and all its children, and SIGKILL after the grace period. */
export function killProcessTree(child: ChildProcess): void {
  sendToTree(child, 'SIGTERM');
  const timer = setTimeout(() => killProcessTreeNow(child), graceMilliseconds);
  child.once('close', () => clearTimeout(timer));
}

/** Sends SIGKILL to the program and all its children. */
export function killProcessTreeNow(child: ChildProcess): void {
  sendToTree(child, 'SIGKILL');
  // A grandchild that left the group could keep the pipes open forever, so that `close` would never be emitted.
  child.stdout?.destroy();
  child.stderr?.destroy();
}

function sendToTree(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (child.pid === undefined) return;
  if (process.platform === 'win32') {
    // Windows has neither process groups nor SIGTERM. Console programs ignore taskkill without /F.
    const taskkill = join(process.env['SystemRoot'] ?? 'C:\\Windows', 'System32', 'taskkill.exe');
    spawn(taskkill, ['/pid', String(child.pid), '/T', '/F'], { stdio: 'ignore', windowsHide: true }).once('error', () =>
      child.kill(signal),
    );
    return;
  }
  try {
    process.kill(-child.pid, signal);
  } catch {
    // ESRCH: the group has already ended.
  }
}
