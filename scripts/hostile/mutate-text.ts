/** Ways to break a text that know nothing of its form. */
import { characters, numbers, words } from './dictionary.ts';
import type { Random } from './random.ts';

/** Characters of a mutated text: a campaign is about many texts, and `large` ones are a kind of their own. */
const longest = 128 * 1024;

type Mutator = (text: string, random: Random) => string;

const openings = ['[', '{"a":', '- ', '{{ ', '(', '"', "'", '\n ', '{a: ', '<', '\\', '&a ', '[[{', '| '] as const;

const mutators: readonly Mutator[] = [
  function truncate(text, random) {
    return text.slice(0, random.below(text.length + 1));
  },
  function remove(text, random) {
    const [from, to] = range(text, random);
    return text.slice(0, from) + text.slice(to);
  },
  function repeatPart(text, random) {
    const [from, to] = range(text, random);
    const part = text.slice(from, to);
    return insert(text, to, part.repeat(bounded(2 ** random.below(12), part.length)));
  },
  function exchange(text, random) {
    const [from, to] = range(text, random);
    const middle = Math.floor((from + to) / 2);
    return text.slice(0, from) + text.slice(middle, to) + text.slice(from, middle) + text.slice(to);
  },
  function insertWord(text, random) {
    return insert(text, random.below(text.length + 1), random.pick(words));
  },
  function replaceWord(text, random) {
    return replaceOne(text, /[\w.-]+/g, random, () => random.pick(words));
  },
  function replaceNumber(text, random) {
    return replaceOne(text, /\d+/g, random, () => random.pick(numbers));
  },
  function nest(text, random) {
    const opening = random.pick(openings);
    return insert(text, random.below(text.length + 1), opening.repeat(bounded(2 ** random.below(16), opening.length)));
  },
  function fill(text, random) {
    const character = random.pick([...characters, 'a', ' ', '/', ':', ',', '=', '-', '.']);
    const times = bounded(2 ** random.below(17), character.length);
    return insert(text, random.below(text.length + 1), character.repeat(times));
  },
  function insertCharacter(text, random) {
    return insert(text, random.below(text.length + 1), random.pick(characters));
  },
  function changeLineEnds(text, random) {
    return text.replaceAll('\n', random.pick(['\r\n', '\r', '', '\n\n', '\u2028']));
  },
  function changeCase(text, random) {
    return random.once(2) ? text.toUpperCase() : text.toLowerCase();
  },
];

/** One to four of them, one after another. */
export function mutateText(text: string, random: Random): string {
  let mutated = text;
  for (let left = 1 + random.below(4); left > 0; left -= 1) {
    mutated = random.pick(mutators)(mutated, random).slice(0, Math.max(longest, text.length));
  }
  return mutated;
}

/** As bytes of a file: sometimes with some that are no UTF-8. */
export function mutateBytes(text: string, random: Random): Buffer {
  const bytes = Buffer.from(random.once(3) ? text : mutateText(text, random));
  if (bytes.length === 0 || !random.once(3)) return bytes;
  for (let left = 1 + random.below(8); left > 0; left -= 1) {
    const at = random.below(bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
  }
  return bytes;
}

function range(text: string, random: Random): readonly [from: number, to: number] {
  const from = random.below(text.length + 1);
  // Most faults are small, and some are not.
  const length = random.once(4) ? text.length : 40;
  return [from, Math.min(text.length, from + random.below(length + 1))];
}

function insert(text: string, at: number, part: string): string {
  return text.slice(0, at) + part + text.slice(at);
}

function bounded(times: number, length: number): number {
  return Math.min(times, Math.floor(longest / Math.max(1, length)));
}

function replaceOne(text: string, form: RegExp, random: Random, by: () => string): string {
  const matches = [...text.matchAll(form)];
  if (matches.length === 0) return text;
  const match = random.pick(matches);
  return text.slice(0, match.index) + by() + text.slice(match.index + match[0].length);
}
