/** The result of reading a text into a value: the value, or one sentence why not. Faults are data; callers decide what they mean. */
export type ParseResult<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };
