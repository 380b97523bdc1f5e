/** A function that runs its work on the first call. */
export interface Once<T> {
  /** All calls share the result or error of the first. */
  (): Promise<T>;
  /** The result or the running work. Undefined before the first call, and after an error. */
  peek(): Promise<T> | undefined;
}

export function once<T>(make: () => Promise<T>): Once<T> {
  let made: Promise<T> | undefined;
  let failed = false;
  const get = (): Promise<T> => {
    made ??= make().catch((error: unknown) => {
      failed = true;
      throw error;
    });
    return made;
  };
  return Object.assign(get, { peek: () => (failed ? undefined : made) });
}
