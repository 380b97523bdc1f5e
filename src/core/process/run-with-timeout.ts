import { Script } from 'node:vm';

const slot = Symbol.for('chart-images.run-briefly');
let script: Script | undefined;

/**
 * Runs synchronous work and stops it after so many milliseconds, also within a loop, a sort, or a regular expression. False if it
 * was stopped: then neither its `catch` nor its `finally` ran, so it must not leave anything half done that outlives it.
 */
export function runWithTimeout(milliseconds: number, work: () => void): boolean {
  // Of everything that JavaScript offers, only the timeout of a script stops code that doesn't return.
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
