import { isKeyValueText } from './classify/document-text.ts';
import { mayContainImageAssignment } from './classify/prefilter.ts';
import { isProse } from './classify/prose.ts';
import { isExampleFile, isSkippedKey } from './classify/walk.ts';
import { holdsArguments } from './rules/arguments.ts';
import { heredocsOf } from './yaml/heredoc.ts';
import { childPath, type Path } from './yaml/yaml-path.ts';
import type { TextNode, TreeNode } from './yaml/yaml-tree.ts';

/** A text in an object that can be a YAML or JSON document. */
export interface EmbeddedText {
  readonly node: TextNode;
  readonly path: Path;
}

/**
 * Texts that have several lines, are JSON, or are one `name: value`. Of arguments, which have their own rule, only
 * heredocs.
 */
export function embeddedTexts(node: TreeNode, path: Path): readonly EmbeddedText[] {
  return collect(node, path, (text) => text.trimEnd().includes('\n') || isJson(text) || isKeyValueText(text));
}

/** JSON, or YAML with fields. Other texts in the fields of a pod are not documents. */
export function embeddedMaps(node: TreeNode, path: Path): readonly EmbeddedText[] {
  return collect(node, path, (text) => isJson(text) || isKeyValueText(text));
}

function isJson(text: string): boolean {
  return /^\s*[{[]/.test(text);
}

function collect(node: TreeNode, path: Path, isCandidate: (text: string) => boolean): readonly EmbeddedText[] {
  const found: EmbeddedText[] = [];
  const visit = (at: TreeNode, here: Path): void => {
    if (at.type === 'text') {
      if (at.scalar === 'string' && mayContainImageAssignment(at.text) && isCandidate(at.text))
        found.push({ node: at, path: here });
    } else if (at.type === 'list') {
      for (const [index, item] of at.items.entries()) visit(item, childPath(here, index));
    } else {
      for (const [name, child] of at.entries) {
        if (isSkippedKey(name) || (isExampleFile(name) && child.type === 'text' && isProse(child.text))) continue;
        (holdsArguments(name) ? visitArguments : visit)(child, childPath(here, name));
      }
    }
  };
  const visitArguments = (at: TreeNode, here: Path): void => {
    if (at.type === 'map') visit(at, here);
    else if (at.type === 'list')
      for (const [index, item] of at.items.entries()) visitArguments(item, childPath(here, index));
    else {
      const text = heredocsOf(at.text);
      // A separate path: an image in the words of the script must not claim its documents.
      if (text !== undefined && mayContainImageAssignment(text))
        found.push({ node: { ...at, text }, path: childPath(here, '<<') });
    }
  };
  visit(node, path);
  return found;
}
