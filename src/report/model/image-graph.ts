import { statusLabel, statusTone, type Tone } from './labels.ts';
import type { Row } from './row.ts';

/** `registry` is a source or the target; `missing` is the end node of an image that was not found. */
export interface ImageGraphNode {
  readonly kind: 'chart' | 'image' | 'registry' | 'missing';
  /** Equal keys are the same node. */
  readonly key: string;
  readonly label: string;
  readonly tone: Tone;
}

export interface ImageGraphLink {
  readonly kind: 'path' | 'gap' | 'copies';
  /** Keys of nodes. */
  readonly from: string;
  readonly to: string;
  readonly label: string;
}

/** The path of every image: chart → image → source → target. */
export interface ImageGraph {
  readonly nodes: readonly ImageGraphNode[];
  readonly links: readonly ImageGraphLink[];
}

export function createImageGraph(rows: readonly Row[]): ImageGraph {
  const nodes = rows.flatMap((row) => [...chartNodes(row), imageNode(row), ...endNodes(row), ...targetNodes(row)]);
  const links = [...rows.flatMap(pathsOf), ...copiesOf(rows)];
  return {
    nodes: [...new Map(nodes.map((node) => [node.key, node])).values()],
    links: [...new Map(links.map((link) => [JSON.stringify(link), link])).values()],
  };
}

function chartNodes({ usedBy }: Row): readonly ImageGraphNode[] {
  return usedBy.map(({ chart, chartPath }) => node('chart', chart, chartPath));
}

function imageNode(row: Row): ImageGraphNode {
  return { ...node('image', row.image), tone: statusTone(row) };
}

/** The source, or a node for a failed lookup; none if the image was not looked up. */
function endNodes({ status, foundIn }: Row): readonly ImageGraphNode[] {
  switch (status) {
    case 'found':
      return foundIn === undefined ? [] : [node('registry', foundIn, `from ${foundIn}`)];
    case 'absent':
      return [node('missing', 'not found')];
    case 'unknown':
      return [node('missing', 'could not be checked')];
    case 'unresolved':
      return [];
  }
}

function targetNodes({ target = '' }: Row): readonly ImageGraphNode[] {
  const [registry = ''] = target.split('/');
  return registry === '' ? [] : [node('registry', registry, `to ${registry}`)];
}

function node(kind: ImageGraphNode['kind'], label: string, name = label): ImageGraphNode {
  return { kind, key: `${kind} ${name}`, label, tone: 'neutral' };
}

function pathsOf(row: Row): readonly ImageGraphLink[] {
  const image = imageNode(row).key;
  return [
    ...chartNodes(row).map(({ key }): ImageGraphLink => ({ kind: 'path', from: key, to: image, label: '' })),
    ...endNodes(row).map(({ kind, key }): ImageGraphLink => {
      return { kind: kind === 'missing' ? 'gap' : 'path', from: image, to: key, label: '' };
    }),
  ];
}

/** One link from each source to the target, labeled with the number of images by status: `3 copied, 1 blocked`. */
function copiesOf(rows: readonly Row[]): readonly ImageGraphLink[] {
  const words = new Map<string, { readonly from: string; readonly to: string; readonly words: string[] }>();
  for (const row of rows) {
    const [from] = endNodes(row);
    const [to] = targetNodes(row);
    if (from === undefined || to === undefined) continue;
    const key = JSON.stringify([from.key, to.key]);
    const pair = words.get(key) ?? { from: from.key, to: to.key, words: [] };
    words.set(key, pair);
    pair.words.push(statusLabel(row));
  }
  return [...words.values()].map(({ from, to, words: all }) => {
    const label = [...new Set(all)].map((word) => `${all.filter((other) => other === word).length} ${word}`).join(', ');
    return { kind: 'copies', from, to, label };
  });
}
