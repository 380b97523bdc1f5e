import { splitWords } from '../../discovery/classify/split-words.ts';
import { discoverInTurns } from '../../discovery/discover-in-turns.ts';
import type { ImageUse } from '../../discovery/image-use.ts';
import { pairUses } from '../provenance/pair-uses.ts';
import type { RetryingRenderer } from '../provenance/retrying-renderer.ts';
import { globalPath, pathKey, type ScalarValue, type ValuePath } from '../tree/scalar-value.ts';
import { scalarsOf, type ValueNode } from '../tree/value-tree.ts';

/** An empty value that, if set, prefixes an image with a registry. */
export interface EmptyRegistryValue {
  readonly leaf: ScalarValue;
  /** The rest of the reference after the registry, with tag and digest. */
  readonly rest: string;
}

/** Beyond this number, each image has its own value, which tracing finds anyway. */
const maximumSlots = 200;

/**
 * Empty values named like a registry: `global.imageRegistry`, `image.registry`, `hub`. A `global` of a subchart is
 * looked up at the root.
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
 * Sets slots and returns the uses that get a registry: global slots first, because they hide those of single images,
 * then the rest. Empty if the chart fails to render.
 */
export async function probeRegistryValues(
  uses: readonly ImageUse[],
  slots: readonly ScalarValue[],
  renderer: RetryingRenderer,
): Promise<ReadonlyMap<ImageUse, EmptyRegistryValue>> {
  const assigned = new Map<ImageUse, EmptyRegistryValue>();
  const isShared = ({ keys }: ScalarValue): boolean => keys.length === 1 || keys[0] === 'global';
  for (const some of [slots.filter(isShared), slots.filter((slot) => !isShared(slot))]) {
    const open = uses.filter((use) => !assigned.has(use));
    if (some.length === 0 || open.length === 0) continue;
    const found = await setSlots(uses, some, renderer);
    for (const use of open) {
      const slot = found.get(use);
      if (slot !== undefined) assigned.set(use, slot);
    }
  }
  return assigned;
}

async function setSlots(
  uses: readonly ImageUse[],
  slots: readonly ScalarValue[],
  renderer: RetryingRenderer,
): Promise<ReadonlyMap<ImageUse, EmptyRegistryValue>> {
  const hosts = new Map(slots.map((leaf, index) => [`slot-${index}.example`, leaf]));
  const filled = await renderer.render([...hosts].map(([text, leaf]) => ({ leaf, text })));
  const assigned = new Map<ImageUse, EmptyRegistryValue>();
  if (!filled.ok) return assigned;
  const { images } = await discoverInTurns([filled.rendering], renderer.signal);
  const others = images.flatMap((image) => image.uses);
  for (const [use, other] of pairUses(uses, others).pairs) {
    const slash = other.image.indexOf('/');
    const leaf = hosts.get(other.image.slice(0, slash));
    if (leaf !== undefined) assigned.set(use, { leaf, rest: other.image.slice(slash + 1) });
  }
  return assigned;
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
