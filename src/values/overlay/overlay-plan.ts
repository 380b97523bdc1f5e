import type { ImageUse } from '../../discovery/image-use.ts';
import type { UseProvenance } from '../provenance/provenance.ts';
import { partSpans } from '../provenance/reference-parts.ts';
import { EditSet, type TextEdit } from '../tree/edits.ts';
import { pathKey, type ScalarValue } from '../tree/scalar-value.ts';
import { isInternal } from '../tree/unset-values.ts';
import type { ValueEdit } from '../tree/values-file.ts';
import type { EmptyValue } from './empty-value-probe.ts';

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
  /** The empty value that sets its registry or its name. */
  readonly slot: EmptyValue | undefined;
  /** Clause with the reason if the start of its name was found in no value and no template. */
  readonly unfollowed: string | undefined;
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
  /** Clauses with the reason by ID of a value that cannot change. */
  readonly refused: ReadonlyMap<string, string>;
}

/** Value edits that redirect as many uses as possible. */
export function planOverlay(uses: readonly RelocatableUse[], { preference, refused }: OverlayOptions): OverlayPlan {
  const moves = uses.map((use) => withoutRefused(moveOf(use), refused));
  const slots = new Set([...soleSlots(moves), ...(preference === 'fewest' ? profitableSlots(moves) : [])]);
  const fills = new Map(
    moves.flatMap(({ bySlot }) => {
      const id = bySlot && pathKey(bySlot.leaf.keys);
      return bySlot !== undefined && id !== undefined && slots.has(id) ? [[id, bySlot.text] as const] : [];
    }),
  );
  const edits = new EditSet();
  const stuck: FixedUse[] = [];
  for (const [index, move] of moves.entries()) {
    const { use, direct, bySlot } = move;
    const filled = bySlot === undefined ? besideSlot(uses[index], fills) : undefined;
    const edit =
      filled !== undefined
        ? withoutRefused({ use, direct: filled.edit, bySlot: undefined }, refused).direct
        : bySlot !== undefined && slots.has(pathKey(bySlot.leaf.keys))
          ? bySlot
          : direct;
    if (edit === undefined) continue;
    const reason = typeof edit === 'string' ? edit : edits.add(edit);
    if (reason !== undefined) stuck.push({ use, reason });
  }
  return { texts: edits.texts(), stuck };
}

/**
 * For a use that gets a registry in front of its own (`mirror.example/m/` before `ghcr.io/acme/search`), because other
 * images need it: the edit that leaves the rest of the new name.
 */
function besideSlot(
  moving: RelocatableUse | undefined,
  fills: ReadonlyMap<string, string>,
): { readonly edit: TextEdit | string | undefined } | undefined {
  const { slot, to, origin } = moving ?? {};
  const fill = slot?.kind === 'registry' ? fills.get(pathKey(slot.leaf.keys)) : undefined;
  if (moving === undefined || slot === undefined || to === undefined || origin === undefined || fill === undefined)
    return undefined;
  const { image } = origin.use;
  const name = `${to.registry}/${to.repository}`;
  if (slot.rest !== image || !name.startsWith(`${fill}/`)) return undefined;
  const { head, newHead } = changedPrefix(image.slice(0, nameEnd(image)), name.slice(fill.length + 1));
  return { edit: head === newHead ? undefined : directEdit(moving, head, newHead) };
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

function moveOf(moving: RelocatableUse): Move {
  const { use } = moving.origin;
  if (moving.to === undefined) return { use, direct: 'it is not copied to the target', bySlot: undefined };
  const { image } = use;
  const { registry, repository } = moving.to;
  const { head, newHead } = changedPrefix(image.slice(0, nameEnd(image)), `${registry}/${repository}`);
  if (head === newHead) return { use, direct: undefined, bySlot: undefined };
  return { use, direct: directEdit(moving, head, newHead), bySlot: slotEdit(moving, moving.to) };
}

function slotEdit({ origin: { use }, slot }: RelocatableUse, to: TargetName): TextEdit | undefined {
  if (slot === undefined) return undefined;
  const edit = { leaf: slot.leaf, from: 0, length: slot.leaf.text.length };
  const suffix = use.image.slice(nameEnd(use.image));
  switch (slot.kind) {
    case 'registry': {
      const behind = `/${slot.rest.slice(0, slot.rest.length - suffix.length)}`;
      const name = `${to.registry}/${to.repository}`;
      const isSame = `/${use.image}`.endsWith(`/${slot.rest}`) && name.endsWith(behind);
      return isSame ? { ...edit, text: name.slice(0, -behind.length) } : undefined;
    }
    case 'name':
      return slot.rest === suffix ? { ...edit, text: `${to.registry}/${to.repository}` } : undefined;
    case 'image':
      return { ...edit, text: movedReference(use.image, to) };
  }
}

function directEdit(moving: RelocatableUse, head: string, newHead: string): TextEdit | string {
  const bare = newHead.replace(/\/$/, '');
  const [first] = moving.origin.segments;
  if (first?.source.from !== 'value') {
    const fixed = head === '' ? 'its name, without a registry' : head.replace(/\/$/, '');
    return moving.unfollowed ?? `the template hard-codes ${fixed}`;
  }
  const { leaf, offset: from, valuePath } = first.source;
  if (leaf.source.kind === 'set') return `the input set sets ${valuePath}, which overrides every values file`;
  const length = first.text.length;
  if (length >= head.length) return { leaf, from, length: head.length, text: newHead };
  if (`${first.text}/` === head && newHead.endsWith('/')) return { leaf, from, length, text: bare };
  return `${valuePath} sets only a part of ${head.replace(/\/$/, '')}`;
}

function withoutRefused({ use, direct, bySlot }: Move, refused: ReadonlyMap<string, string>): Move {
  const refusal = (edit: TextEdit): string | undefined => refused.get(pathKey(edit.leaf.keys));
  const slotRefusal = bySlot && refusal(bySlot);
  const reason = typeof direct === 'object' ? (refusal(direct) ?? direct) : direct;
  return {
    use,
    direct: typeof direct === 'string' ? (slotRefusal ?? direct) : reason,
    bySlot: slotRefusal === undefined ? bySlot : undefined,
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

/** Slots that are the only option for a use, or the only one that a user may set. */
function soleSlots(moves: readonly Move[]): readonly string[] {
  return moves.flatMap(({ direct, bySlot }) => {
    const isLast = typeof direct === 'string' || (direct !== undefined && isInternal(direct.leaf.keys));
    return isLast && bySlot !== undefined ? [pathKey(bySlot.leaf.keys)] : [];
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
