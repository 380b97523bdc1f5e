import { type LineOf, lineIndex } from './line-index.ts';
import { parseYamlTree } from './parse-yaml-tree.ts';
import { repairIndentation } from './repair.ts';
import type { TreeNode } from './yaml-tree.ts';

export type ParsedDocument =
  | { readonly ok: true; readonly root: TreeNode; readonly lineOf: LineOf }
  | { readonly ok: false; readonly reason: string };

/** Parses YAML. If that fails, repairs the indentation and parses again. */
export function readDocument(text: string, firstLine: number): ParsedDocument {
  const strict = parseYamlTree(text);
  if (strict.ok) return { ok: true, root: strict.value, lineOf: lineIndex(text, firstLine) };
  const repaired = repairIndentation(text);
  const second = repaired === text ? strict : parseYamlTree(repaired);
  if (!second.ok) return { ok: false, reason: strict.reason };
  return { ok: true, root: second.value, lineOf: lineIndex(repaired, firstLine) };
}

/**
 * Signs of code and templates, which the parser would reject only after reading everything: a line that starts with a
 * tab, which YAML does not allow (1.2, 6.1), or with the braces of a template action.
 */
const notYamlPattern = /^(?:\t|\{\{)/m;

/**
 * Parses a text that can be YAML. Repairs only JSON: most other texts that fail are scripts and templates, which are
 * searched by line.
 */
export function parseEmbedded(text: string, firstLine: number): ParsedDocument {
  if (/^\s*[{[](?!\{)/.test(text)) return readDocument(text, firstLine);
  if (notYamlPattern.test(text)) return { ok: false, reason: 'it is code or a template' };
  const tree = parseYamlTree(text);
  return tree.ok ? { ok: true, root: tree.value, lineOf: lineIndex(text, firstLine) } : tree;
}
