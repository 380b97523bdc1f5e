import type { Row } from './rows.ts';
import { statusTone, statusWord, type Tone } from './words.ts';

/** `registry`: a source or the target; `nowhere`: where an image ends that was not found. */
export interface PictureNode {
  readonly kind: 'chart' | 'image' | 'registry' | 'nowhere';
  /** What makes it the same node. */
  readonly key: string;
  readonly label: string;
  readonly tone: Tone;
}

export interface PictureLink {
  readonly kind: 'way' | 'gap' | 'copies';
  /** Keys of nodes. */
  readonly from: string;
  readonly to: string;
  readonly label: string;
}

/** The way of every image: chart → image → source → target. */
export interface Picture {
  readonly nodes: readonly PictureNode[];
  readonly links: readonly PictureLink[];
}

export function pictureOf(rows: readonly Row[]): Picture {
  const nodes = rows.flatMap((row) => [...chartNodes(row), imageNode(row), ...endNodes(row), ...targetNodes(row)]);
  const links = [...rows.flatMap(waysOf), ...copiesOf(rows)];
  return {
    nodes: [...new Map(nodes.map((node) => [node.key, node])).values()],
    links: [...new Map(links.map((link) => [JSON.stringify(link), link])).values()],
  };
}

function chartNodes({ usedBy }: Row): readonly PictureNode[] {
  return usedBy.map(({ chart, chartPath }) => node('chart', chart, chartPath));
}

function imageNode(row: Row): PictureNode {
  return { ...node('image', row.image), tone: statusTone(row) };
}

/** Where an image was found, or that it was not; nothing where nobody asked. */
function endNodes({ status, foundIn }: Row): readonly PictureNode[] {
  switch (status) {
    case 'found':
      return foundIn === undefined ? [] : [node('registry', foundIn, `from ${foundIn}`)];
    case 'absent':
      return [node('nowhere', 'in no source')];
    case 'unknown':
      return [node('nowhere', 'could not be asked')];
    case 'unresolved':
      return [];
  }
}

function targetNodes({ target = '' }: Row): readonly PictureNode[] {
  const [registry = ''] = target.split('/');
  return registry === '' ? [] : [node('registry', registry, `to ${registry}`)];
}

function node(kind: PictureNode['kind'], label: string, name = label): PictureNode {
  return { kind, key: `${kind} ${name}`, label, tone: 'neutral' };
}

function waysOf(row: Row): readonly PictureLink[] {
  const image = imageNode(row).key;
  return [
    ...chartNodes(row).map(({ key }): PictureLink => ({ kind: 'way', from: key, to: image, label: '' })),
    ...endNodes(row).map(({ kind, key }): PictureLink => {
      return { kind: kind === 'nowhere' ? 'gap' : 'way', from: image, to: key, label: '' };
    }),
  ];
}

/** One link from each source to the target, which counts what became of the images: `3 copied, 1 blocked`. */
function copiesOf(rows: readonly Row[]): readonly PictureLink[] {
  const words = new Map<string, { readonly from: string; readonly to: string; readonly words: string[] }>();
  for (const row of rows) {
    const [from] = endNodes(row);
    const [to] = targetNodes(row);
    if (from === undefined || to === undefined) continue;
    const key = JSON.stringify([from.key, to.key]);
    const pair = words.get(key) ?? { from: from.key, to: to.key, words: [] };
    words.set(key, pair);
    pair.words.push(statusWord(row));
  }
  return [...words.values()].map(({ from, to, words: all }) => {
    const label = [...new Set(all)].map((word) => `${all.filter((other) => other === word).length} ${word}`).join(', ');
    return { kind: 'copies', from, to, label };
  });
}
