import type { ChildProcess } from 'node:child_process';
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** A canceled run must end within a second. Programs may use this part of it to clean up. */
const graceMilliseconds = 400;

/** It takes some 50 ms. A run must end within a second after a signal. */
const taskkillMilliseconds = 300;

const running = new Set<ChildProcess>();
let isListening = false;

/** The program and its children end when this process ends, except by SIGKILL. */
export function killOnExit(child: ChildProcess): void {
  running.add(child);
  child.once('close', () => running.delete(child));
  if (isListening) return;
  isListening = true;
  // Before the handlers that remove folders: Windows removes no file that a program has open.
  process.prependOnceListener('exit', () => {
    for (const each of running) endNow(each);
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

/** Waits on Windows, where a program that was started at the exit would be too late. */
function endNow(child: ChildProcess): void {
  if (child.pid === undefined || process.platform !== 'win32') {
    sendToTree(child, 'SIGKILL');
    return;
  }
  const { program, flags } = taskkill(child.pid);
  const { status } = spawnSync(program, flags, { stdio: 'ignore', windowsHide: true, timeout: taskkillMilliseconds });
  if (status !== 0) child.kill('SIGKILL');
}

/** Windows has neither process groups nor SIGTERM. Console programs ignore taskkill without /F. */
function taskkill(pid: number) {
  const program = join(process.env['SystemRoot'] ?? 'C:\\Windows', 'System32', 'taskkill.exe');
  return { program, flags: ['/pid', String(pid), '/T', '/F'] };
}

function sendToTree(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (child.pid === undefined) return;
  if (process.platform === 'win32') {
    const { program, flags } = taskkill(child.pid);
    spawn(program, flags, { stdio: 'ignore', windowsHide: true }).once('error', () => child.kill(signal));
    return;
  }
  try {
    process.kill(-child.pid, signal);
  } catch {
    // ESRCH: the group has already ended.
  }
}
