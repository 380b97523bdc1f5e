import { toErrors } from '../core/errors.ts';

/** What a registry was asked for the sake of advice; undefined where it does not tell. Throws only `cancelled`. */
export async function orUndefined<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (thrown) {
    const [error] = toErrors(thrown);
    if (error === undefined || error.code === 'cancelled' || error.code === 'internal') throw thrown;
    return undefined;
  }
}
