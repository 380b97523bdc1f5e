import { discoverInTurns } from '../../discovery/discover-in-turns.ts';
import type { ImageUse } from '../../discovery/image-use.ts';
import { valuesRejectedBySchema } from '../provenance/blamed-values.ts';
import { pairUses } from '../provenance/pair-uses.ts';
import { partSpans } from '../provenance/reference-parts.ts';
import type { RetryingRenderer } from '../provenance/retrying-renderer.ts';
import type { EffectiveValues } from '../tree/effective-values.ts';
import { globalPath, pathKey, type ScalarValue } from '../tree/scalar-value.ts';
import { isNameKey, isRegistryKey, unsetValues } from '../tree/unset-values.ts';
import { scalarsOf, type ValueNode } from '../tree/value-tree.ts';

/** An empty or absent value that, if set, becomes the start of an image. */
export interface EmptyValue {
  readonly leaf: ScalarValue;
  /** `registry` comes in front of the name, with a slash. `name` and `image` replace the name, or all of it. */
  readonly kind: 'registry' | 'name' | 'image';
  /** The rest of the reference after the value, with tag and digest. */
  readonly rest: string;
}

type EmptyValues = ReadonlyMap<ImageUse, EmptyValue>;

/** Beyond this number, each image has its own value, which tracing finds anyway. */
const maximumSlots = 200;
/** Renderings to find the values that a chart refuses. */
const maximumAttempts = 3;

/**
 * Empty values named like a registry: `global.imageRegistry`, `image.registry`, `hub`. A `global` of a subchart is
 * looked up at the root.
 */
export function registrySlots(values: ValueNode): readonly ScalarValue[] {
  return emptyValues(values)
    .filter(({ keys }) => isRegistryKey(keys))
    .slice(0, maximumSlots);
}

function emptyValues(values: ValueNode): readonly ScalarValue[] {
  const slots = new Map<string, ScalarValue>();
  const filled = new Set<string>();
  for (const leaf of scalarsOf(values)) {
    const isEmpty = leaf.text === '' || leaf.scalar === 'empty';
    if (!isEmpty) filled.add(pathKey(leaf.keys));
    else if (leaf.keys.every((key) => typeof key === 'string')) {
      const keys = globalPath(leaf.keys);
      if (!slots.has(pathKey(keys))) slots.set(pathKey(keys), { ...leaf, keys });
    }
  }
  return [...slots].flatMap(([id, leaf]) => (filled.has(id) ? [] : [leaf]));
}

/**
 * Sets slots and returns the uses that get a registry: global slots first, because they hide those of single images,
 * then the rest. Empty if the chart fails to render.
 */
export async function probeRegistryValues(
  uses: readonly ImageUse[],
  slots: readonly ScalarValue[],
  renderer: RetryingRenderer,
): Promise<EmptyValues> {
  const assigned = new Map<ImageUse, EmptyValue>();
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

/**
 * As above, and for uses that are `stuck` without one also the values that templates read and no values file sets, or
 * leaves empty. Errors: `cancelled`.
 */
export async function probeEmptyValues(
  uses: readonly ImageUse[],
  stuck: ReadonlySet<ImageUse>,
  { root, chart }: EffectiveValues,
  renderer: RetryingRenderer,
): Promise<EmptyValues> {
  const registries = registrySlots(root);
  const assigned = new Map(await probeRegistryValues(uses, registries, renderer));
  const isOpen = (): boolean => [...stuck].some((use) => !assigned.has(use));
  if (!isOpen() || chart === undefined) return assigned;
  const known = new Set(registries.map(({ keys }) => pathKey(keys)));
  const empty = emptyValues(root).filter(({ keys }) => isNameKey(keys, root));
  const unset = [...empty, ...(await unsetValues(chart, root))].filter(({ keys }) => !known.has(pathKey(keys)));
  const prefixes = unset.filter(({ keys }) => isRegistryKey(keys));
  for (const [slots, form] of [
    [prefixes, ''],
    [unset, '/image'],
    [unset, '/image:1'],
  ] as const) {
    if (!isOpen() || slots.length === 0) continue;
    for (const [use, slot] of await setSlots(uses, slots.slice(0, maximumSlots), renderer, form)) {
      if (!assigned.has(use)) assigned.set(use, slot);
    }
  }
  return assigned;
}

/** What is set: a host, a name, or a whole reference, as some fields only count as an image with a tag. */
type SlotForm = '' | '/image' | '/image:1';

async function setSlots(
  uses: readonly ImageUse[],
  slots: readonly ScalarValue[],
  renderer: RetryingRenderer,
  form: SlotForm = '',
): Promise<EmptyValues> {
  const assigned = new Map<ImageUse, EmptyValue>();
  const waiting: (readonly ScalarValue[])[] = [slots];
  let attempts = 0;
  for (let group = waiting.shift(); group !== undefined && attempts < maximumAttempts; group = waiting.shift()) {
    attempts += 1;
    const hosts = new Map(group.map((leaf, index) => [`slot-${index}.example`, leaf]));
    const filled = await renderer.render([...hosts].map(([host, leaf]) => ({ leaf, text: host + form })));
    if (!filled.ok) {
      waiting.push(...withoutBlamed(filled.reason, hosts));
      continue;
    }
    const { images } = await discoverInTurns([filled.rendering], renderer.signal);
    const others = images.flatMap((image) => image.uses);
    for (const [use, other] of pairUses(uses, others).pairs) {
      const slot = slotIn(use.image, other.image, hosts, form);
      if (slot !== undefined && !assigned.has(use)) assigned.set(use, slot);
    }
  }
  return assigned;
}

function slotIn(
  image: string,
  filled: string,
  hosts: ReadonlyMap<string, ScalarValue>,
  form: SlotForm,
): EmptyValue | undefined {
  const [host = ''] = /^slot-\d+\.example/.exec(filled) ?? [];
  const leaf = hosts.get(host);
  if (leaf === undefined || !filled.startsWith(host + form)) return undefined;
  const rest = filled.slice(host.length + form.length);
  if (rest.startsWith('/')) return { leaf, kind: 'registry', rest: rest.slice(1) };
  const suffix = image.slice(partSpans(image).repository?.end ?? image.length);
  return { leaf, kind: rest === '' && suffix !== '' ? 'image' : 'name', rest };
}

/** Without the values that the error names, or in two halves. */
function withoutBlamed(reason: string, hosts: ReadonlyMap<string, ScalarValue>): readonly (readonly ScalarValue[])[] {
  const slots = [...hosts.values()];
  const blamed = new Set<ScalarValue | undefined>(valuesRejectedBySchema(reason, slots));
  for (const [host] of reason.matchAll(/slot-\d+\.example/g)) blamed.add(hosts.get(host));
  const others = slots.filter((slot) => !blamed.has(slot));
  if (others.length < slots.length) return others.length === 0 ? [] : [others];
  const middle = Math.ceil(slots.length / 2);
  return slots.length < 2 ? [] : [slots.slice(0, middle), slots.slice(middle)];
}
