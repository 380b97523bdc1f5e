/** A text and what replaces it. */
export interface Replacement {
  readonly from: string;
  readonly to: string;
}

/** Comparing takes the product of both lengths in the worst case; longer texts are compared line by line. */
const maximumLength = 20_000;

/**
 * The replacements that make one text from another, in order. Undefined if they do not. A replaced text ends and
 * starts at separators, so that `web` in `webhook` is not one. Texts compare without case, as charts print some in
 * lower case.
 */
export function replacementsBetween(
  before: string,
  after: string,
  replacements: readonly Replacement[],
): readonly (Replacement & { readonly at: number })[] | undefined {
  if (Math.max(before.length, after.length) > maximumLength) return undefined;
  const lower = { before: before.toLowerCase(), after: after.toLowerCase() };
  const known = replacements
    .filter(({ from, to }) => from !== '' && from !== to)
    .map((one) => ({ one, from: one.from.toLowerCase(), to: one.to.toLowerCase() }))
    .filter(({ from, to }) => lower.before.includes(from) && lower.after.includes(to))
    .sort((a, b) => b.from.length - a.from.length);
  const dead = new Set<number>();
  const steps: { readonly from: number; readonly to: number; next: number; readonly used?: Replacement }[] = [
    { from: 0, to: 0, next: 0 },
  ];
  for (let step = steps.at(-1); step !== undefined; step = steps.at(-1)) {
    const { from, to } = step;
    if (from === before.length && to === after.length) {
      return steps.flatMap(({ used }, index) => {
        return used === undefined ? [] : [{ ...used, at: steps[index - 1]?.from ?? 0 }];
      });
    }
    if (dead.has(from * (after.length + 1) + to)) {
      steps.pop();
      continue;
    }
    const choice = step.next;
    step.next += 1;
    const candidate = known[choice];
    if (candidate !== undefined) {
      const matches =
        lower.before.startsWith(candidate.from, from) &&
        lower.after.startsWith(candidate.to, to) &&
        !isWord(before[from - 1]) &&
        !isWord(before[from + candidate.from.length]);
      if (matches)
        steps.push({ from: from + candidate.from.length, to: to + candidate.to.length, next: 0, used: candidate.one });
    } else if (choice === known.length && from < before.length && before[from] === after[to]) {
      steps.push({ from: from + 1, to: to + 1, next: 0 });
    } else if (choice >= known.length) {
      dead.add(from * (after.length + 1) + to);
      steps.pop();
    }
  }
  return undefined;
}

function isWord(character: string | undefined): boolean {
  return character !== undefined && /[A-Za-z0-9_-]/.test(character);
}
