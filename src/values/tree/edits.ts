import { formatValuePath, pathKey, type ScalarValue } from './scalar-value.ts';
import type { ValueEdit } from './values-file.ts';

/** A change of a part of a value. */
export interface TextEdit {
  readonly leaf: ScalarValue;
  readonly from: number;
  readonly length: number;
  readonly text: string;
}

/** Edits of several values without contradictions. */
export class EditSet {
  readonly #byLeaf = new Map<string, TextEdit[]>();

  /** Adds an edit. Returns a clause with the reason if it contradicts another. */
  add(edit: TextEdit): string | undefined {
    const id = pathKey(edit.leaf.keys);
    const known = this.#byLeaf.get(id) ?? [];
    if (known.some((other) => isSame(other, edit))) return undefined;
    if (known.some((other) => isOverlapping(other, edit))) {
      return `another image needs a different value for ${formatValuePath(edit.leaf.keys)}`;
    }
    this.#byLeaf.set(id, [...known, edit]);
    return undefined;
  }

  /** New texts in the order of the first edits. */
  texts(): readonly ValueEdit[] {
    return [...this.#byLeaf.values()].flatMap((edits) => {
      const [first] = edits;
      if (first === undefined) return [];
      const lastFirst = [...edits].sort((a, b) => b.from - a.from);
      const text = lastFirst.reduce((before, { from, length, text: part }) => {
        return before.slice(0, from) + part + before.slice(from + length);
      }, first.leaf.text);
      return [{ leaf: first.leaf, text }];
    });
  }
}

function isSame(a: TextEdit, b: TextEdit): boolean {
  return a.leaf.text === b.leaf.text && a.from === b.from && a.length === b.length && a.text === b.text;
}

function isOverlapping(a: TextEdit, b: TextEdit): boolean {
  return a.from === b.from || (a.from < b.from + b.length && b.from < a.from + a.length);
}
