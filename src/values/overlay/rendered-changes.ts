import { type RenderedDocument, splitDocuments } from '../../discovery/yaml/document.ts';
import { parseYamlTree } from '../../discovery/yaml/parse-yaml-tree.ts';
import { childPath, formatPath, type Path } from '../../discovery/yaml/yaml-path.ts';
import { childOf, type TreeNode, textOf } from '../../discovery/yaml/yaml-tree.ts';
import { KeyedQueue } from '../provenance/multi-queue.ts';

/** A scalar, a key, or a whole document that differs between two renderings of a chart. */
export interface RenderedChange {
  readonly template: string;
  readonly kind: string;
  readonly name: string;
  /** Keys and list indexes. Empty for a whole document. */
  readonly keys: readonly (string | number)[];
  /** Undefined if it is only in the second rendering. */
  readonly before: string | undefined;
  readonly after: string | undefined;
  /** The name of the entry that the scalar belongs to: of an environment variable, for example. */
  readonly label: string | undefined;
  /** The same in another rendering of the same chart. */
  readonly id: string;
}

interface ParsedDocument {
  readonly template: string;
  readonly text: string;
  readonly root: TreeNode | undefined;
  readonly kind: string;
  readonly name: string;
}

/** Parses only documents that differ. Pure. */
export function changesBetween(before: string, after: string): readonly RenderedChange[] {
  const unchanged = new KeyedQueue(splitDocuments(after), documentKey);
  const old = splitDocuments(before).filter((document) => unchanged.take(documentKey(document)) === undefined);
  return changesOf(old.map(parsed), unchanged.remaining().map(parsed));
}

function documentKey({ template, text }: RenderedDocument): string {
  return `${template}\n${text.trim()}`;
}

function parsed({ template, text }: RenderedDocument): ParsedDocument {
  const tree = parseYamlTree(text);
  const root = tree.ok ? tree.value : undefined;
  const name = textOf(childOf(root, 'metadata'), 'name') ?? '';
  return { template, text, root, kind: textOf(root, 'kind') ?? '', name };
}

/** Pairs by name, and then in order, because some charts generate names. */
function changesOf(documents: readonly ParsedDocument[], others: readonly ParsedDocument[]): readonly RenderedChange[] {
  const named = new KeyedQueue(others, ({ template, kind, name }) => JSON.stringify([template, kind, name]));
  const exact = documents.map((one) => named.take(JSON.stringify([one.template, one.kind, one.name])));
  const loose = new KeyedQueue(named.remaining(), ({ template, kind }) => JSON.stringify([template, kind]));
  const changes = documents.flatMap((one, index) => {
    const other = exact[index] ?? loose.take(JSON.stringify([one.template, one.kind]));
    return other === undefined ? [wholeDocument(one, 'before')] : documentChanges(one, other, index);
  });
  return [...changes, ...loose.remaining().map((one) => wholeDocument(one, 'after'))];
}

function wholeDocument(document: ParsedDocument, side: 'before' | 'after'): RenderedChange {
  const { template, kind, name, text } = document;
  const texts = { before: undefined, after: undefined, [side]: text };
  return { template, kind, name, keys: [], ...texts, label: undefined, id: JSON.stringify([template, kind, side]) };
}

function documentChanges(document: ParsedDocument, other: ParsedDocument, index: number): readonly RenderedChange[] {
  const { template, kind, name } = document;
  const found: RenderedChange[] = [];
  const add = (difference: Difference): void => {
    const id = JSON.stringify([template, kind, difference.keys]);
    found.push({ template, kind, name, ...difference, id });
  };
  if (document.root === undefined || other.root === undefined) {
    add({ keys: [index], before: document.text, after: other.text, label: undefined });
  } else compare(document.root, other.root, { keys: [], label: undefined }, add);
  return found;
}

type Difference = Pick<RenderedChange, 'keys' | 'before' | 'after' | 'label'>;
type Place = Pick<RenderedChange, 'keys' | 'label'>;

function compare(node: TreeNode, other: TreeNode, place: Place, add: (difference: Difference) => void): void {
  if (node.type === 'text' && other.type === 'text') {
    if (node.text !== other.text) compareTexts(node.text, other.text, place, add);
  } else if (node.type === 'list' && other.type === 'list') {
    for (const index of Array.from({ length: Math.max(node.items.length, other.items.length) }).keys()) {
      compareEntry(node.items[index], other.items[index], { keys: [...place.keys, index], label: undefined }, add);
    }
  } else if (node.type === 'map' && other.type === 'map') {
    const label = textOf(node, 'name');
    for (const key of new Set([...node.entries.keys(), ...other.entries.keys()])) {
      compareEntry(node.entries.get(key), other.entries.get(key), { keys: [...place.keys, key], label }, add);
    }
  } else add({ ...place, before: textFor(node), after: textFor(other) });
}

function compareEntry(
  node: TreeNode | undefined,
  other: TreeNode | undefined,
  place: Place,
  add: (difference: Difference) => void,
): void {
  if (node !== undefined && other !== undefined) compare(node, other, place, add);
  else add({ ...place, before: node && textFor(node), after: other && textFor(other) });
}

/** Compares the scalars of a document in a text, and the lines of any other long text. */
function compareTexts(before: string, after: string, place: Place, add: (difference: Difference) => void): void {
  const [tree, other] = before.includes('\n') ? [parseYamlTree(before), parseYamlTree(after)] : [];
  if (tree?.ok && other?.ok && tree.value.type !== 'text' && other.value.type !== 'text') {
    compare(tree.value, other.value, place, add);
    return;
  }
  const [lines, others] = [before.split('\n'), after.split('\n')];
  if (lines.length !== others.length || lines.length === 1) {
    add({ ...place, before, after });
    return;
  }
  for (const [index, line] of lines.entries()) {
    const changed = others[index] ?? '';
    if (line === changed) continue;
    // A template that is no YAML still has lines `key: value`.
    const key = /^[\s-]*["']?([\w./-]+)["']?\s*:\s/.exec(line)?.[1];
    add({
      keys: [...place.keys, index, ...(key === undefined ? [] : [key])],
      before: line,
      after: changed,
      label: undefined,
    });
  }
}

function textFor(node: TreeNode): string {
  if (node.type === 'text') return node.text;
  return JSON.stringify(plain(node));
}

function plain(node: TreeNode): unknown {
  if (node.type === 'text') return node.text;
  if (node.type === 'list') return node.items.map(plain);
  return Object.fromEntries([...node.entries].map(([key, child]) => [key, plain(child)]));
}

/** `metadata.labels.app of Deployment web in shop/templates/web.yaml`. */
export function formatChange({ keys, kind, name, template }: RenderedChange): string {
  const path = formatPath(keys.reduce<Path>(childPath, undefined));
  const document = `${`${kind} ${name}`.trim() || 'a document'} in ${template}`;
  return path === '' ? document : `${path} of ${document}`;
}
