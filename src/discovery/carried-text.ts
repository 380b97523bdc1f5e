import { holdsArguments } from './arguments.ts';
import { isFieldText } from './document-text.ts';
import { heredocsOf } from './heredoc.ts';
import { mayAssignImage } from './mention.ts';
import { below, type Path } from './path.ts';
import type { TextNode, TreeNode } from './tree.ts';
import { isClosed } from './zones.ts';

/** A text inside an object that may be a document of its own. */
export interface CarriedText {
  readonly node: TextNode;
  readonly path: Path;
}

/**
 * The texts of several lines, of JSON or of one `name: value`, outside the closed zones. Arguments have a rule of their
 * own; only their heredocs are documents.
 */
export function carriedTexts(node: TreeNode, path: Path): readonly CarriedText[] {
  return collect(node, path, (text) => text.trimEnd().includes('\n') || isJson(text) || isFieldText(text));
}

/** The texts of JSON, or of fields in YAML: what else stands in the fields of a pod is no document. */
export function carriedMaps(node: TreeNode, path: Path): readonly CarriedText[] {
  return collect(node, path, (text) => isJson(text) || isFieldText(text));
}

function isJson(text: string): boolean {
  return /^\s*[{[]/.test(text);
}

function collect(node: TreeNode, path: Path, mayCarry: (text: string) => boolean): readonly CarriedText[] {
  const found: CarriedText[] = [];
  const visit = (at: TreeNode, here: Path): void => {
    if (at.type === 'text') {
      if (at.scalar === 'string' && mayAssignImage(at.text) && mayCarry(at.text)) found.push({ node: at, path: here });
    } else if (at.type === 'list') {
      for (const [index, item] of at.items.entries()) visit(item, below(here, index));
    } else {
      for (const [name, child] of at.entries) {
        if (isClosed(name)) continue;
        (holdsArguments(name) ? visitArguments : visit)(child, below(here, name));
      }
    }
  };
  const visitArguments = (at: TreeNode, here: Path): void => {
    if (at.type === 'map') visit(at, here);
    else if (at.type === 'list')
      for (const [index, item] of at.items.entries()) visitArguments(item, below(here, index));
    else {
      const text = heredocsOf(at.text);
      // A place of its own: that the words of the script name an image says nothing about its documents.
      if (text !== undefined && mayAssignImage(text)) found.push({ node: { ...at, text }, path: below(here, '<<') });
    }
  };
  visit(node, path);
  return found;
}
