import { printedValue, type ScalarValue } from '../tree/scalar-value.ts';

/**
 * The one unquoted number or boolean that helm prints in another form than it is written (`20240101` as
 * `2.0240101e+07`), and whose printed form a text contains. For a text that is not a reference, so it cannot be traced.
 */
export function unquotedValueIn(text: string, leaves: Iterable<ScalarValue>): ScalarValue | undefined {
  const found = [...leaves].filter((leaf) => {
    const printed = printedValue(leaf);
    return printed !== undefined && printed.text !== leaf.text && contains(text, printed.text);
  });
  return found.length === 1 ? found[0] : undefined;
}

/** As a whole word, and not as a digit of a longer number. */
function contains(text: string, part: string): boolean {
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) {
    if (!/[\w.]/.test(text[at - 1] ?? '') && !/[\w.]/.test(text[at + part.length] ?? '')) return true;
  }
  return false;
}
