import { splitWords } from '../../discovery/classify/split-words.ts';
import { discoverInTurns } from '../../discovery/discover-in-turns.ts';
import type { ImageUse } from '../../discovery/image-use.ts';
import { pairUses } from '../provenance/pair-uses.ts';
import type { RetryingRenderer } from '../provenance/retrying-renderer.ts';
import { globalPath, pathKey, type ScalarValue, type ValuePath } from '../tree/scalar-value.ts';
import { scalarsOf, type ValueNode } from '../tree/value-tree.ts';

/** An empty value that puts a registry in front of an image once it is filled. */
export interface EmptyRegistryValue {
  readonly leaf: ScalarValue;
  /** What stands behind the registry and its slash then, tag and digest included. */
  readonly rest: string;
}

/** More slots than these say nothing new: a chart with an image for each has its origins to tell. */
const maximumSlots = 200;

/**
 * The empty values whose name says that a registry belongs there: `global.imageRegistry`, `image.registry`, `hub`. A
 * `global` of a subchart is looked for where it is one for all charts.
 */
export function registrySlots(values: ValueNode): readonly ScalarValue[] {
  const slots = new Map<string, ScalarValue>();
  const filled = new Set<string>();
  for (const leaf of scalarsOf(values)) {
    const isEmpty = leaf.text === '' || leaf.scalar === 'empty';
    if (!isEmpty) filled.add(pathKey(leaf.keys));
    else if (isRegistryKey(leaf.keys)) {
      const keys = globalPath(leaf.keys);
      if (!slots.has(pathKey(keys))) slots.set(pathKey(keys), { ...leaf, keys });
    }
  }
  return [...slots].flatMap(([id, leaf]) => (filled.has(id) ? [] : [leaf])).slice(0, maximumSlots);
}

/**
 * Sets slots and returns which uses take a registry from one: those that all charts share first, because a slot of one
 * image would hide them, then the rest for uses that took none. Where that breaks the chart, none.
 */
export async function probeRegistryValues(
  uses: readonly ImageUse[],
  slots: readonly ScalarValue[],
  renderer: RetryingRenderer,
): Promise<ReadonlyMap<ImageUse, EmptyRegistryValue>> {
  const taken = new Map<ImageUse, EmptyRegistryValue>();
  const isShared = ({ keys }: ScalarValue): boolean => keys.length === 1 || keys[0] === 'global';
  for (const some of [slots.filter(isShared), slots.filter((slot) => !isShared(slot))]) {
    const open = uses.filter((use) => !taken.has(use));
    if (some.length === 0 || open.length === 0) continue;
    const found = await setSlots(uses, some, renderer);
    for (const use of open) {
      const slot = found.get(use);
      if (slot !== undefined) taken.set(use, slot);
    }
  }
  return taken;
}

async function setSlots(
  uses: readonly ImageUse[],
  slots: readonly ScalarValue[],
  renderer: RetryingRenderer,
): Promise<ReadonlyMap<ImageUse, EmptyRegistryValue>> {
  const hosts = new Map(slots.map((leaf, index) => [`slot-${index}.example`, leaf]));
  const filled = await renderer.render([...hosts].map(([text, leaf]) => ({ leaf, text })));
  const taken = new Map<ImageUse, EmptyRegistryValue>();
  if (!filled.ok) return taken;
  const { images } = await discoverInTurns([filled.rendering], renderer.signal);
  const others = images.flatMap((image) => image.uses);
  for (const [use, other] of pairUses(uses, others).pairs) {
    const slash = other.image.indexOf('/');
    const leaf = hosts.get(other.image.slice(0, slash));
    if (leaf !== undefined) taken.set(use, { leaf, rest: other.image.slice(slash + 1) });
  }
  return taken;
}

function isRegistryKey(keys: ValuePath): boolean {
  const last = keys.at(-1);
  if (typeof last !== 'string' || keys.some((key) => typeof key === 'number')) return false;
  const words = splitWords(last);
  return words.some((word) => word.endsWith('registry') || word === 'hub') || isImagePrefix(words);
}

function isImagePrefix(words: readonly string[]): boolean {
  return words.includes('prefix') && words.some((word) => word === 'image' || word === 'repository');
}
