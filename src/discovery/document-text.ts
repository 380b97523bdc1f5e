import { splitDocuments } from './document.ts';
import { meaningOf, type NameMeaning } from './name-meaning.ts';
import { readCarried } from './read-document.ts';
import type { TreeNode } from './tree.ts';

/** JSON by its first character, or YAML by a key in its first line. */
const beginning = /^\s*(?:[{[]|#|---|- |["']?[\w./-]{1,100}["']?[ \t]*:(?:\s|$))/;

/**
 * True for a text that is read as a document of its own, so that its fields count and not the words in it. A list of
 * references is none, nor is a map from any names to references where the name of the whole says that it holds images.
 */
export function isDocument(text: string, meaning: NameMeaning): boolean {
  return rootsOf(text).some((root) => {
    if (root.type !== 'map' || meaning !== 'image') return hasFields(root);
    return [...root.entries].some(([name, child]) => child.type !== 'text' || meaningOf(name) === 'image');
  });
}

/** True for `name: value`, also where that is the only line, and for lists of such. */
export function isFieldText(text: string): boolean {
  return rootsOf(text).some(hasFields);
}

function hasFields(root: TreeNode): boolean {
  return root.type === 'map' || (root.type === 'list' && root.items.some((item) => item.type !== 'text'));
}

function rootsOf(text: string): readonly TreeNode[] {
  if (!beginning.test(text)) return [];
  return splitDocuments(text).flatMap((document) => {
    const reading = readCarried(document.text, document.firstLine);
    return reading.ok ? [reading.root] : [];
  });
}
