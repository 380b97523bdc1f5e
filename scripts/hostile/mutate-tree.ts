/** Ways to break a value whose form is JSON's: other types, other keys, other sizes at any place in it. */
import { prototypeNames, words } from './dictionary.ts';
import { mutateText } from './mutate-text.ts';
import type { Random } from './random.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** The value with one to three places changed. Always JSON. */
export function mutateTree(root: Json, random: Random): Json {
  let value = root;
  for (let left = 1 + random.below(3); left > 0; left -= 1) value = changeOne(value, root, random);
  return value;
}

function changeOne(value: Json, root: Json, random: Random): Json {
  // Deeper places are as likely as shallow ones, whatever the width.
  const children = childrenOf(value);
  if (children.length === 0 || random.once(4)) return other(value, root, random);
  const key = random.pick(children);
  if (Array.isArray(value)) {
    const list = [...value];
    const index = Number(key);
    const way = random.below(8);
    if (way === 0) list.splice(index, 1);
    else if (way === 1) list.splice(index, 0, ...copies(list[index] ?? null, 2 ** random.below(8)));
    else list[index] = changeOne(list[index] ?? null, root, random);
    return list;
  }
  const entries = Object.entries(value ?? {});
  const changed = entries.flatMap(([name, child]): [string, Json][] => {
    if (name !== key) return [[name, child]];
    if (random.once(10)) return [];
    if (random.once(8))
      return [
        [name, child],
        [random.pick(prototypeNames), child],
      ];
    if (random.once(8)) return [[random.pick([...prototypeNames, ...words]), child]];
    return [[name, changeOne(child, root, random)]];
  });
  return objectOf(changed);
}

/** `__proto__` as a key like any other, as JSON.parse makes it. */
function objectOf(entries: readonly (readonly [string, Json])[]): Json {
  const made: { [key: string]: Json } = {};
  for (const [key, value] of entries)
    Object.defineProperty(made, key, { value, enumerable: true, configurable: true, writable: true });
  return made;
}

function other(value: Json, root: Json, random: Random): Json {
  if (typeof value === 'string' && !random.once(3)) return mutateText(value, random);
  return random.pick<() => Json>([
    () => null,
    () => random.once(2),
    () => random.pick([0, -1, 1.5, 2 ** 31, 2 ** 53, 1e308, -0]),
    () => '',
    () => random.pick(words),
    () => [],
    () => ({}),
    () => [value],
    () => ({ [random.pick(words)]: value }),
    () => root,
    () => nested(random),
    () => copies(value, 2 ** random.below(11)),
    () => objectOf(Array.from({ length: 2 ** random.below(10) }, (_, index) => [`k${index}`, null])),
    () => 'x'.repeat(2 ** random.below(16)),
    () => objectOf(prototypeNames.map((name) => [name, { polluted: true }])),
  ])();
}

/**
 * Values in a tree: each place may be copied again by the next change, and the whole must stay of a size that a file
 * has.
 */
const mostValues = 5000;

function copies(value: Json, times: number): readonly Json[] {
  return Array<Json>(Math.max(1, Math.min(times, Math.floor(mostValues / sizeOf(value))))).fill(value);
}

function sizeOf(value: Json): number {
  if (typeof value === 'string') return 1 + Math.floor(value.length / 16);
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce((sum: number, child: Json) => sum + sizeOf(child), 1);
}

function nested(random: Random): Json {
  let value: Json = 'deep';
  const isList = random.once(2);
  for (let depth = 2 ** random.below(11); depth > 0; depth -= 1) value = isList ? [value] : { a: value };
  return value;
}

function childrenOf(value: Json): readonly string[] {
  return typeof value === 'object' && value !== null ? Object.keys(value) : [];
}
