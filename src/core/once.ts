export interface Once<T> {
  (): Promise<T>;
  /** The result, if the work was started and has not failed. */
  peek(): Promise<T> | undefined;
}

/** Runs the work on the first call. All calls share its result or error. */
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
