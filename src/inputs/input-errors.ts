import { ChartImagesError, throwAll, toErrors } from '../core/errors.ts';
import { truncate } from '../core/text.ts';
import type { InputName } from './input-table.ts';

/** Messages truncate longer values. */
const shownValue = 100;

/** A value for messages: quoted, on one line, truncated, and without possible credentials before an `@`. */
export function quote(value: string): string {
  const at = value.lastIndexOf('@');
  const text = at < 0 ? value : `***${value.slice(at)}`;
  return JSON.stringify(truncate(text, shownValue));
}

/** `Input "push" is "yes": <reason>.` */
export function invalidInput(name: InputName, value: string, reason: string, advice: string): ChartImagesError {
  return new ChartImagesError('invalid-input', `Input "${name}" is ${quote(value)}: ${reason}.`, { advice });
}

/** Collects errors and throws them together, so that users can fix them at once. */
export class ErrorCollector {
  readonly #errors: ChartImagesError[] = [];

  add(error: ChartImagesError): void {
    this.#errors.push(error);
  }

  /** Returns the result of `read`. If it throws, keeps the errors and returns `fallback`. */
  async keep<T>(read: () => T | Promise<T>, fallback: T): Promise<T> {
    try {
      return await read();
    } catch (thrown) {
      this.#errors.push(...toErrors(thrown));
      return fallback;
    }
  }

  get errors(): readonly ChartImagesError[] {
    return this.#errors;
  }

  throwIfAny(): void {
    throwAll(this.#errors);
  }
}
