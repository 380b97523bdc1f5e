import { Script } from 'node:vm';

const slot = Symbol.for('chart-images.run-briefly');
let script: Script | undefined;

/**
 * Runs synchronous work with a time limit, which also stops loops, sorts and regular expressions. Returns false if it
 * was stopped. Then neither `catch` nor `finally` of the work ran, so it must not change state that outlives it.
 */
export function runWithTimeout(milliseconds: number, work: () => void): boolean {
  // Only the timeout of a script can stop JavaScript code that doesn't return.
  script ??= new Script(`globalThis[Symbol.for('chart-images.run-briefly')]()`);
  const traceLimit = Error.stackTraceLimit;
  Object.defineProperty(globalThis, slot, { value: work, configurable: true });
  try {
    script.runInThisContext({ timeout: milliseconds });
    return true;
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return false;
    throw thrown;
  } finally {
    Reflect.deleteProperty(globalThis, slot);
    Error.stackTraceLimit = traceLimit;
  }
}
