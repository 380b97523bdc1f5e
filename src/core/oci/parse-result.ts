/** The parsed value, or a sentence with the reason why the text is invalid. Callers decide whether that is an error. */
export type ParseResult<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };
