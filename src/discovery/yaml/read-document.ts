import { type LineOf, lineIndex } from './line-index.ts';
import { parseYamlTree } from './parse-yaml-tree.ts';
import { repairIndentation } from './repair.ts';
import type { TreeNode } from './yaml-tree.ts';

export type ParsedDocument =
  | { readonly ok: true; readonly root: TreeNode; readonly lineOf: LineOf }
  | { readonly ok: false; readonly reason: string };

/** Reads a YAML text as it is and, when the parser refuses it, once more with its indentation repaired. */
export function readDocument(text: string, firstLine: number): ParsedDocument {
  const strict = parseYamlTree(text);
  if (strict.ok) return { ok: true, root: strict.value, lineOf: lineIndex(text, firstLine) };
  const repaired = repairIndentation(text);
  const second = repaired === text ? strict : parseYamlTree(repaired);
  if (!second.ok) return { ok: false, reason: strict.reason };
  return { ok: true, root: second.value, lineOf: lineIndex(repaired, firstLine) };
}

/**
 * Signs of code and templates, which the parser refuses only after reading them whole: a line that begins with a tab,
 * which YAML does not allow (1.2, 6.1), or at its margin with the braces of a template's control line.
 */
const notYamlPattern = /^(?:\t|\{\{)/m;

/**
 * Reads a text that may or may not be YAML. Only JSON is worth a repair: most texts that the parser refuses are scripts
 * and templates, and are searched by line.
 */
export function parseEmbedded(text: string, firstLine: number): ParsedDocument {
  if (/^\s*[{[](?!\{)/.test(text)) return readDocument(text, firstLine);
  if (notYamlPattern.test(text)) return { ok: false, reason: 'it is code or a template' };
  const tree = parseYamlTree(text);
  return tree.ok ? { ok: true, root: tree.value, lineOf: lineIndex(text, firstLine) } : tree;
}
