import { wordsOf } from '../discovery/words.ts';
import type { ValueKeys, ValueLeaf } from '../origins/value-leaf.ts';
import { leavesOf, type ValueNode } from '../origins/value-tree.ts';
import type { NotedCondition } from './chart-notes.ts';
import { isEnabling, type Switch, switchId } from './switch.ts';
import type { ValuePath } from './value-references.ts';

/** What turns over what: YAML's own words, and the texts that charts use in their stead. */
const opposites: readonly (readonly [off: string, on: string])[] = [
  ['false', 'true'],
  ['disable', 'enable'],
  ['disabled', 'enabled'],
  ['off', 'on'],
  ['no', 'yes'],
];

/**
 * The switches of a chart, in the order of the values, those that only templates know last:
 * - `on`: what is off; what has no value and a key that says that it enables something; such a key that only the
 *   conditions of templates know (`metrics: {}` and `{{ if .Values.metrics.enabled }}`).
 * - `off`: what is on, where a template has something for when it is not.
 * - `choice`: a text that a condition compares with another one (`eq .Values.mode "daemonset"`); there may be several
 *   of one value.
 */
export function findSwitches(root: ValueNode, conditions: readonly NotedCondition[]): readonly Switch[] {
  const facts = new ConditionFacts(conditions);
  const switches: Switch[] = [];
  for (const leaf of leavesOf(root)) {
    const keys = leaf.keys.filter((key) => typeof key === 'string');
    if (keys.length < leaf.keys.length || keys.length === 0) continue;
    const id = switchId(leaf);
    const turned = turnedOver(leaf);
    if (turned?.kind === 'on' || (turned?.kind === 'off' && facts.negated.has(id))) switches.push({ keys, ...turned });
    else if (turned === undefined && leaf.scalar === 'string') {
      for (const to of facts.choices.get(id) ?? []) if (to !== leaf.text) switches.push({ keys, to, kind: 'choice' });
    }
  }
  for (const keys of facts.mentioned.values()) {
    if (isFree(root, keys) && isOnlyEnabling(keys)) switches.push({ keys, to: 'true', kind: 'on' });
  }
  return switches;
}

/** Whether a value can be set there without taking another one's place. */
function isFree(root: ValueNode, keys: readonly string[]): boolean {
  let node: ValueNode | undefined = root;
  for (const key of keys) {
    if (node.type !== 'map') return node.type === 'scalar' && node.scalar === 'empty';
    node = node.entries.get(key);
    if (node === undefined) return true;
  }
  return false;
}

/** `enabled`, and not `enableFeatures`, which may be a list. */
function isOnlyEnabling(keys: ValueKeys): boolean {
  const words = wordsOf(String(keys.at(-1)));
  return words.length === 1 && isEnabling(words);
}

function turnedOver({ text, scalar, keys }: ValueLeaf): Pick<Switch, 'to' | 'kind'> | undefined {
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

/** A condition that compares has no truth of its own. */
const comparison = /\b(?:eq|ne|gt|lt|ge|le|has|hasKey|contains|regexMatch|semverCompare|kindIs|typeIs)\b/;

/** What the conditions of all templates say of values, by their ids. */
class ConditionFacts {
  readonly mentioned = new Map<string, ValuePath>();
  readonly negated = new Set<string>();
  readonly choices = new Map<string, Set<string>>();

  constructor(conditions: readonly NotedCondition[]) {
    for (const condition of conditions) this.#learn(condition);
  }

  #learn({ text, values, branch }: NotedCondition): void {
    for (const keys of values) {
      const id = switchId({ keys });
      if (!comparison.test(text)) this.mentioned.set(id, keys);
      if (branch === 'else' || /\b(?:not|ne)\b/.test(text)) this.negated.add(id);
    }
    for (const [, name = '', to = ''] of text.matchAll(/\beq\s+\(?\S*?\.(\w+)\)?\s+"([^"]+)"/g)) {
      const keys = values.find((path) => path.at(-1) === name);
      if (keys === undefined) continue;
      const id = switchId({ keys });
      this.choices.set(id, (this.choices.get(id) ?? new Set()).add(to));
    }
  }
}
