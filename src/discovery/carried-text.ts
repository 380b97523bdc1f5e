import { holdsArguments } from './arguments.ts';
import { partsOf } from './likeness.ts';
import { below, type Path } from './path.ts';
import { isUnmistakable, isVersionedPath } from './shape.ts';
import type { TextNode, TreeNode } from './tree.ts';
import { isClosed } from './zones.ts';

/** A text inside an object that may be a document of its own. */
export interface CarriedText {
  readonly node: TextNode;
  readonly path: Path;
}

/** The texts of several lines, or of JSON, outside the closed zones; arguments have a rule of their own. */
export function carriedTexts(node: TreeNode, path: Path): readonly CarriedText[] {
  const found: CarriedText[] = [];
  collect(node, path, found);
  return found;
}

function collect(node: TreeNode, path: Path, found: CarriedText[]): void {
  if (node.type === 'text') {
    if (node.scalar === 'string' && isDocumentLike(node.text) && mayNameImage(node.text)) found.push({ node, path });
  } else if (node.type === 'list') {
    for (const [index, item] of node.items.entries()) collect(item, below(path, index), found);
  } else {
    for (const [name, child] of node.entries) {
      if (!isClosed(name) && !holdsArguments(name)) collect(child, below(path, name), found);
    }
  }
}

function isDocumentLike(text: string): boolean {
  return text.trimEnd().includes('\n') || /^\s*[{[]/.test(text);
}

/** Most texts (dashboards, certificates, scripts) name no image: this look costs a fraction of parsing them. */
function mayNameImage(text: string): boolean {
  return /image/i.test(text) || partsOf(text).some((part) => isUnmistakable(part) || isVersionedPath(part));
}
