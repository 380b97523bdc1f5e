import { splitDocuments } from '../yaml/document.ts';
import { parseEmbedded } from '../yaml/read-document.ts';
import type { TreeNode } from '../yaml/yaml-tree.ts';
import { classifyFieldName, type FieldMeaning } from './field-name.ts';

/** The start of JSON, or of YAML with a key in its first line. */
const beginning = /^\s*(?:[{[]|#|---|- |["']?[\w./-]{1,100}["']?[ \t]*:(?:\s|$))/;

/**
 * True for a text whose fields count, not the words in it. A list of references is not a document. Nor is a map of
 * references in a field whose name means images.
 */
export function isEmbeddedDocument(text: string, meaning: FieldMeaning): boolean {
  return rootsOf(text).some((root) => {
    if (root.type !== 'map' || meaning !== 'image') return hasFields(root);
    return [...root.entries].some(([name, child]) => child.type !== 'text' || classifyFieldName(name) === 'image');
  });
}

/** True for `name: value`, also in a single line, and for lists of maps. */
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
