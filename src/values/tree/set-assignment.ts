import type { ValuePath } from './scalar-value.ts';

/** An assignment of a `--set` text. */
export interface Assignment {
  readonly keys: ValuePath;
  readonly text: string;
}

/** Limit of helm for list indexes (strvals `MaxIndex`). */
const maximumIndex = 65536;

/**
 * Parses `a.b=c,d[0].e=f,g={h,i}` like `--set` (helm.sh/docs/intro/using_helm, "The Format and Limitations of --set").
 * A backslash escapes a character. Malformed parts are skipped, because helm has already accepted the text.
 */
export function readAssignments(text: string): readonly Assignment[] {
  const reader = new Reader(text);
  const assignments: Assignment[] = [];
  while (!reader.atEnd) {
    const keys = readKeys(reader);
    if (keys === undefined) break;
    for (const [index, value] of readValues(reader).entries()) {
      assignments.push({ keys: value.isItem ? [...keys, index] : keys, text: value.text });
    }
    reader.skip(',');
  }
  return assignments;
}

/** `keys=text` for `--set`, with both escaped. */
export function writeAssignment({ keys, text }: Assignment): string {
  const path = keys.map((key, index) => {
    if (typeof key === 'number') return `[${key}]`;
    return `${index === 0 ? '' : '.'}${escapeAll(key)}`;
  });
  return `${path.join('')}=${escapeAll(text)}`;
}

function escapeAll(text: string): string {
  return text.replaceAll(/[\\.,=[\]{}]/g, '\\$&');
}

function readKeys(reader: Reader): ValuePath | undefined {
  const keys: (string | number)[] = [];
  for (;;) {
    const key = reader.until('.[=,');
    if (key !== '') keys.push(key);
    while (reader.skip('[')) {
      const index = Number(reader.until(']'));
      reader.skip(']');
      if (!Number.isInteger(index) || index < 0 || index > maximumIndex) return undefined;
      keys.push(index);
    }
    if (reader.skip('.')) continue;
    return reader.skip('=') && keys.length > 0 ? keys : undefined;
  }
}

function readValues(reader: Reader): readonly { readonly text: string; readonly isItem: boolean }[] {
  if (!reader.skip('{')) return [{ text: reader.until(','), isItem: false }];
  const items: { text: string; isItem: boolean }[] = [];
  do items.push({ text: reader.until(',}'), isItem: true });
  while (reader.skip(','));
  reader.skip('}');
  return items;
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get atEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  skip(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  until(stops: string): string {
    let read = '';
    while (!this.atEnd) {
      const character = this.#text[this.#at] ?? '';
      if (stops.includes(character)) break;
      const next = this.#text[this.#at + 1];
      const escaped = character === '\\' && next !== undefined;
      read += escaped ? next : character;
      this.#at += escaped ? 2 : 1;
    }
    return read;
  }
}
