import { ChartImagesError, throwAll, toErrors } from '../core/errors.ts';
import type { InputName } from './input-table.ts';

/** Longer values are cut in messages. */
const shownValue = 100;

/** A value of the user's as a message shows it: quoted, on one line, cut, and without what may be credentials before an `@`. */
export function quote(value: string): string {
  const at = value.lastIndexOf('@');
  const text = at < 0 ? value : `***${value.slice(at)}`;
  return JSON.stringify(text.length > shownValue ? `${text.slice(0, shownValue)}…` : text);
}

/** An input whose value is not of the documented form: `Input "push" is "yes": <reason>.` */
export function invalidInput(name: InputName, value: string, reason: string, advice: string): ChartImagesError {
  return new ChartImagesError('invalid-input', `Input "${name}" is ${quote(value)}: ${reason}.`, { advice });
}

/** Errors found on the way, reported together at the end, so that a user can fix them all at once. */
export class ErrorCollector {
  readonly #errors: ChartImagesError[] = [];

  add(error: ChartImagesError): void {
    this.#errors.push(error);
  }

  /** What `read` gives; when it throws, `fallback`, and the faults are kept. */
  async keep<T>(read: () => T | Promise<T>, fallback: T): Promise<T> {
    try {
      return await read();
    } catch (thrown) {
      this.#errors.push(...toErrors(thrown));
      return fallback;
    }
  }

  throwIfAny(): void {
    throwAll(this.#errors);
  }
}
