import { splitWords } from '../../discovery/classify/split-words.ts';
import type { ScalarValue, ValuePath } from '../tree/scalar-value.ts';
import { scalarsOf, type ValueNode } from '../tree/value-tree.ts';
import type { ValueCondition } from './chart-conditions.ts';
import { isEnablingName, type Toggle, togglePathKey } from './toggle.ts';
import type { ReferencedPath } from './value-references.ts';

/** Pairs of opposite values: YAML booleans, and texts that charts use instead. */
const opposites: readonly (readonly [off: string, on: string])[] = [
  ['false', 'true'],
  ['disable', 'enable'],
  ['disabled', 'enabled'],
  ['off', 'on'],
  ['no', 'yes'],
];

/**
 * Toggles in the order of the values, those only in templates last. `on`: disabled, or an unset key such as
 * `metrics.enabled` that only a condition reads. `off`: enabled, and a template has an alternative. `choice`: a text
 * that a condition compares.
 */
export function findToggles(root: ValueNode, conditions: readonly ValueCondition[]): readonly Toggle[] {
  const facts = new ConditionFacts(conditions);
  const toggles: Toggle[] = [];
  for (const leaf of scalarsOf(root)) {
    const keys = leaf.keys.filter((key) => typeof key === 'string');
    if (keys.length < leaf.keys.length || keys.length === 0) continue;
    const id = togglePathKey(leaf);
    const turned = oppositeOf(leaf);
    if (turned?.kind === 'on' || (turned?.kind === 'off' && facts.negated.has(id))) toggles.push({ keys, ...turned });
    else if (turned === undefined && leaf.scalar === 'string') {
      for (const to of facts.choices.get(id) ?? []) if (to !== leaf.text) toggles.push({ keys, to, kind: 'choice' });
    }
  }
  for (const keys of facts.mentioned.values()) {
    if (isFree(root, keys) && isOnlyEnabling(keys)) toggles.push({ keys, to: 'true', kind: 'on' });
  }
  return toggles;
}

/** Whether a value can be set without replacing another. */
function isFree(root: ValueNode, keys: readonly string[]): boolean {
  let node: ValueNode | undefined = root;
  for (const key of keys) {
    if (node.type !== 'map') return node.type === 'scalar' && node.scalar === 'empty';
    node = node.entries.get(key);
    if (node === undefined) return true;
  }
  return false;
}

/** `enabled`, but not `enableFeatures`, which may be a list. */
function isOnlyEnabling(keys: ValuePath): boolean {
  const words = splitWords(String(keys.at(-1)));
  return words.length === 1 && isEnablingName(words);
}

function oppositeOf({ text, scalar, keys }: ScalarValue): Pick<Toggle, 'to' | 'kind'> | undefined {
  const lower = text.toLowerCase();
  if (scalar === 'empty' || text === '') {
    return isOnlyEnabling(keys) ? { to: 'true', kind: 'on' } : undefined;
  }
  for (const [off, on] of opposites) {
    if (lower === off) return { to: on, kind: 'on' };
    if (lower === on) return { to: off, kind: 'off' };
  }
  return undefined;
}

/** The value of a comparison is not a boolean. */
const comparison = /\b(?:eq|ne|gt|lt|ge|le|has|hasKey|contains|regexMatch|semverCompare|kindIs|typeIs)\b/;

/** Facts about values from the conditions of all templates, by ID. */
class ConditionFacts {
  readonly mentioned = new Map<string, ReferencedPath>();
  readonly negated = new Set<string>();
  readonly choices = new Map<string, Set<string>>();

  constructor(conditions: readonly ValueCondition[]) {
    for (const condition of conditions) this.#learn(condition);
  }

  #learn({ text, values, branch }: ValueCondition): void {
    for (const keys of values) {
      const id = togglePathKey({ keys });
      if (!comparison.test(text)) this.mentioned.set(id, keys);
      if (branch === 'else' || /\b(?:not|ne)\b/.test(text)) this.negated.add(id);
    }
    for (const [, name = '', to = ''] of text.matchAll(/\beq\s+\(?\S*?\.(\w+)\)?\s+"([^"]+)"/g)) {
      const keys = values.find((path) => path.at(-1) === name);
      if (keys === undefined) continue;
      const id = togglePathKey({ keys });
      this.choices.set(id, (this.choices.get(id) ?? new Set()).add(to));
    }
  }
}
