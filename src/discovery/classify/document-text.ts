import { splitDocuments } from '../yaml/document.ts';
import { parseEmbedded } from '../yaml/read-document.ts';
import type { TreeNode } from '../yaml/yaml-tree.ts';
import { classifyFieldName, type FieldMeaning } from './field-name.ts';

/** JSON by its first character, or YAML by a key in its first line. */
const beginning = /^\s*(?:[{[]|#|---|- |["']?[\w./-]{1,100}["']?[ \t]*:(?:\s|$))/;

/**
 * True for a text that is read as a document of its own, so that its fields count and not the words in it. A list of
 * references is none, nor is a map from any names to references where the name of the whole says that it holds images.
 */
export function isEmbeddedDocument(text: string, meaning: FieldMeaning): boolean {
  return rootsOf(text).some((root) => {
    if (root.type !== 'map' || meaning !== 'image') return hasFields(root);
    return [...root.entries].some(([name, child]) => child.type !== 'text' || classifyFieldName(name) === 'image');
  });
}

/** True for `name: value`, also where that is the only line, and for lists of such. */
export function isKeyValueText(text: string): boolean {
  return rootsOf(text).some(hasFields);
}

function hasFields(root: TreeNode): boolean {
  return root.type === 'map' || (root.type === 'list' && root.items.some((item) => item.type !== 'text'));
}

function rootsOf(text: string): readonly TreeNode[] {
  if (!beginning.test(text)) return [];
  return splitDocuments(text).flatMap((document) => {
    const reading = parseEmbedded(document.text, document.firstLine);
    return reading.ok ? [reading.root] : [];
  });
}
