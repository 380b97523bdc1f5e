import type { ImageUse } from '../../discovery/image-use.ts';
import type { UseProvenance } from '../provenance/provenance.ts';
import { partSpans } from '../provenance/reference-parts.ts';
import { EditSet, type TextEdit } from '../tree/edits.ts';
import { formatValuePath, pathKey, type ScalarValue } from '../tree/scalar-value.ts';
import type { ValueEdit } from '../tree/values-file.ts';
import type { EmptyRegistryValue } from './registry-value-probe.ts';

/** Name of an image in the target. Tag and digest do not change. */
export interface TargetName {
  readonly registry: string;
  /** Includes the namespace of the target. */
  readonly repository: string;
}

/** A use with its provenance and its name in the target. */
export interface RelocatableUse {
  readonly origin: UseProvenance;
  /** Undefined if it is not copied to the target. */
  readonly to: TargetName | undefined;
  /** The empty value that sets its registry. */
  readonly slot: EmptyRegistryValue | undefined;
}

export interface FixedUse {
  readonly use: ImageUse;
  /** Clause. */
  readonly reason: string;
}

export interface OverlayPlan {
  readonly texts: readonly ValueEdit[];
  readonly stuck: readonly FixedUse[];
}

export interface OverlayOptions {
  /** `fewest` prefers one empty registry value over several separate values. */
  readonly preference: 'fewest' | 'filled';
  /** IDs of values that the schema does not allow to change. */
  readonly refused: ReadonlySet<string>;
}

/** Value edits that redirect as many uses as possible. */
export function planOverlay(uses: readonly RelocatableUse[], { preference, refused }: OverlayOptions): OverlayPlan {
  const moves = uses.map((use) => withoutRefused(moveOf(use), refused));
  const slots = new Set([...soleSlots(moves), ...(preference === 'fewest' ? profitableSlots(moves) : [])]);
  const edits = new EditSet();
  const stuck: FixedUse[] = [];
  for (const { use, direct, bySlot } of moves) {
    const edit = bySlot !== undefined && slots.has(pathKey(bySlot.leaf.keys)) ? bySlot : direct;
    if (edit === undefined) continue;
    const reason = typeof edit === 'string' ? edit : edits.add(edit);
    if (reason !== undefined) stuck.push({ use, reason });
  }
  return { texts: edits.texts(), stuck };
}

/** Reference of a use in the target. */
export function movedReference(image: string, to: TargetName): string {
  return `${to.registry}/${to.repository}${image.slice(nameEnd(image))}`;
}

interface Move {
  readonly use: ImageUse;
  /** The edit, the reason why there is none, or undefined if nothing has to change. */
  readonly direct: TextEdit | string | undefined;
  readonly bySlot: TextEdit | undefined;
}

function moveOf({ origin: { use, segments }, to, slot }: RelocatableUse): Move {
  if (to === undefined) return { use, direct: 'it is not copied to the target', bySlot: undefined };
  const { image } = use;
  const { head, newHead } = changedPrefix(image.slice(0, nameEnd(image)), `${to.registry}/${to.repository}`);
  if (head === newHead) return { use, direct: undefined, bySlot: undefined };
  const bare = newHead.replace(/\/$/, '');
  const fits = slot !== undefined && slot.rest === image.slice(head.length);
  const bySlot =
    fits && newHead.endsWith('/') ? { leaf: slot.leaf, from: 0, length: slot.leaf.text.length, text: bare } : undefined;
  const [first] = segments;
  if (first?.source.from !== 'value') {
    const fixed = head === '' ? 'its name, without a registry' : head.replace(/\/$/, '');
    return { use, direct: `the template hard-codes ${fixed}`, bySlot };
  }
  const { leaf, offset: from, valuePath } = first.source;
  if (leaf.source.kind === 'set') {
    return { use, direct: `the input set sets ${valuePath}, which overrides every values file`, bySlot };
  }
  const length = first.text.length;
  if (length >= head.length) return { use, direct: { leaf, from, length: head.length, text: newHead }, bySlot };
  if (`${first.text}/` === head && newHead.endsWith('/'))
    return { use, direct: { leaf, from, length, text: bare }, bySlot };
  return { use, direct: `${valuePath} sets only a part of ${head.replace(/\/$/, '')}`, bySlot };
}

function withoutRefused({ use, direct, bySlot }: Move, refused: ReadonlySet<string>): Move {
  const isRefused = (edit: TextEdit): boolean => refused.has(pathKey(edit.leaf.keys));
  return {
    use,
    direct:
      typeof direct === 'object' && isRefused(direct)
        ? `the schema of the chart rejects another value for ${formatValuePath(direct.leaf.keys)}`
        : direct,
    bySlot: bySlot !== undefined && isRefused(bySlot) ? undefined : bySlot,
  };
}

/** The differing start of both names, cut at a path separator. */
function changedPrefix(name: string, newName: string): { readonly head: string; readonly newHead: string } {
  const old = name.split('/');
  const next = newName.split('/');
  let same = 0;
  while (same < old.length && same < next.length && old.at(-1 - same) === next.at(-1 - same)) same += 1;
  const rest = old.slice(old.length - same).join('/').length;
  return { head: name.slice(0, name.length - rest), newHead: newName.slice(0, newName.length - rest) };
}

function nameEnd(image: string): number {
  return partSpans(image).repository?.end ?? image.length;
}

/** Slots that are the only option for a use. */
function soleSlots(moves: readonly Move[]): readonly string[] {
  return moves.flatMap(({ direct, bySlot }) => {
    return typeof direct === 'string' && bySlot !== undefined ? [pathKey(bySlot.leaf.keys)] : [];
  });
}

/** Slots that replace more edits than they need, best first. Each use counts for one slot. */
function profitableSlots(moves: readonly Move[]): ReadonlySet<string> {
  const worthy = new Set<string>();
  let open = moves;
  for (;;) {
    const best = bestSlot(open);
    if (best === undefined) return worthy;
    worthy.add(best);
    open = open.filter(({ bySlot }) => bySlot === undefined || pathKey(bySlot.leaf.keys) !== best);
  }
}

function bestSlot(moves: readonly Move[]): string | undefined {
  const saved = new Map<string, Set<string>>();
  const needed = new Set<string>();
  for (const { direct, bySlot } of moves) {
    const leaf = directLeaf(direct);
    if (leaf === undefined) continue;
    if (bySlot === undefined) needed.add(pathKey(leaf.keys));
    else {
      const id = pathKey(bySlot.leaf.keys);
      saved.set(id, (saved.get(id) ?? new Set()).add(pathKey(leaf.keys)));
    }
  }
  const gains = [...saved].map(([id, leaves]) => ({
    id,
    gain: [...leaves].filter((leaf) => !needed.has(leaf)).length,
  }));
  gains.sort((a, b) => b.gain - a.gain);
  return gains[0] !== undefined && gains[0].gain > 1 ? gains[0].id : undefined;
}

function directLeaf(direct: Move['direct']): ScalarValue | undefined {
  return typeof direct === 'object' ? direct.leaf : undefined;
}
