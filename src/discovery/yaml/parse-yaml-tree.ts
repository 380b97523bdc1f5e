import { isAlias, isMap, isScalar, isSeq, parseDocument, type Scalar, type Node as YamlNode } from 'yaml';
import type { ParseResult } from '../../core/oci/parse-result.ts';
import type { ListNode, MapNode, TextNode, TreeNode } from './yaml-tree.ts';

/** Characters. Kubernetes stores no object above 1.5 MiB (etcd), and a list of several still fits. */
export const maximumDocumentLength = 4 * 1024 * 1024;
/**
 * YAML indicator characters. The parser needs about a kilobyte and ten microseconds for each. The densest real
 * documents (dashboards) would reach this at the 1 MiB of a ConfigMap.
 */
export const maximumIndicators = 200_000;
/** Nodes after expanding aliases: a kilobyte of aliases can expand to more nodes than fit in memory. */
export const maximumNodes = 500_000;
/** Real manifests have fewer than 50 levels. Also limits the stack of recursive walks. */
export const maximumNesting = 250;

/** Only the first error is reported, and a hostile text has one for each character. */
const parserOptions = { logLevel: 'silent', prettyErrors: false, uniqueKeys: false, strict: false } as const;

/** Never throws. An error of the parser is a reason too. */
export function parseYamlTree(text: string): ParseResult<TreeNode> {
  if (text.length > maximumDocumentLength) return failure(`it has more than ${maximumDocumentLength} characters`);
  if (countIndicators(text) > maximumIndicators)
    return failure(`it has more than ${maximumIndicators} YAML indicators`);
  const traceLimit = Error.stackTraceLimit;
  try {
    // For text that is not YAML, stack traces of the parser's errors take ten times as long as parsing.
    Error.stackTraceLimit = 0;
    const document = parseDocument(text, parserOptions);
    const issue = document.errors[0];
    if (issue) return failure(issue.message.split('\n')[0] ?? issue.code);
    if (document.contents === null) return { ok: true, value: emptyText(0) };
    return { ok: true, value: new TreeBuilder(text).build(document.contents, 0) };
  } catch (error) {
    return failure(error instanceof Error ? error.message : String(error));
  } finally {
    Error.stackTraceLimit = traceLimit;
  }
}

function failure(reason: string): { readonly ok: false; readonly reason: string } {
  return { ok: false, reason };
}

const indicatorCodes = new Set([...'\n:,-?{}[]&*!"\''].map((indicator) => indicator.charCodeAt(0)));

function countIndicators(text: string): number {
  if (text.length <= maximumIndicators) return 0;
  let indicators = 0;
  for (let at = 0; at < text.length; at += 1) if (indicatorCodes.has(text.charCodeAt(at))) indicators += 1;
  return indicators;
}

class TreeBuilder {
  readonly #text: string;
  readonly #anchors = new Map<string, { readonly node: TreeNode; readonly size: number }>();
  #nodes = 0;

  constructor(text: string) {
    this.#text = text;
  }

  build(source: YamlNode, depth: number): TreeNode {
    this.#count(1);
    if (depth > maximumNesting) throw new Error(`it is nested deeper than ${maximumNesting} levels`);
    if (isAlias(source)) return this.#follow(source.source);
    const before = this.#nodes;
    const node = this.#convert(source, depth);
    const anchor = 'anchor' in source ? source.anchor : undefined;
    if (anchor) this.#anchors.set(anchor, { node, size: this.#nodes - before });
    return node;
  }

  /** The parser resolves an alias by walking the whole document; the map makes it one lookup. */
  #follow(name: string): TreeNode {
    const anchored = this.#anchors.get(name);
    if (!anchored) throw new Error(`the alias "*${name}" has no anchor before it`);
    this.#count(anchored.size);
    return anchored.node;
  }

  #count(nodes: number): void {
    this.#nodes += nodes;
    if (this.#nodes > maximumNodes) throw new Error(`it has more than ${maximumNodes} nodes after expanding aliases`);
  }

  #convert(source: YamlNode, depth: number): TreeNode {
    const offset = source.range?.[0] ?? 0;
    if (isMap<YamlNode, YamlNode | null>(source)) return this.#map(source.items, offset, depth);
    if (isSeq<YamlNode | null>(source)) {
      const items = source.items.map((item) => (item === null ? emptyText(offset) : this.build(item, depth + 1)));
      return { type: 'list', items, offset } satisfies ListNode;
    }
    return isScalar(source) ? textNode(source, this.#contentStart(source, offset)) : emptyText(offset);
  }

  /** A block scalar starts at its `|` or `>`, and its content in the next line. */
  #contentStart(source: Scalar, offset: number): number {
    if (source.type !== 'BLOCK_LITERAL' && source.type !== 'BLOCK_FOLDED') return offset;
    const lineEnd = this.#text.indexOf('\n', offset);
    return lineEnd < 0 ? offset : lineEnd + 1;
  }

  #map(pairs: readonly { key: YamlNode | null; value: YamlNode | null }[], offset: number, depth: number): MapNode {
    const entries = new Map<string, TreeNode>();
    const merged: TreeNode[] = [];
    const duplicates = new Set<string>();
    for (const { key, value } of pairs) {
      const name = this.#keyText(key, depth);
      const node = value === null ? emptyText(key?.range?.[0] ?? offset) : this.build(value, depth + 1);
      if (name === '<<' && node.type !== 'text') merged.push(...(node.type === 'list' ? node.items : [node]));
      else {
        if (entries.has(name)) duplicates.add(name);
        entries.set(name, node);
      }
    }
    // YAML 1.1 merge: explicit keys override merged ones, and earlier merged maps override later ones.
    for (const node of merged) {
      if (node.type !== 'map') continue;
      for (const [name, child] of node.entries) if (!entries.has(name)) entries.set(name, child);
    }
    return { type: 'map', entries, offset, ...(duplicates.size > 0 && { duplicates }) };
  }

  #keyText(key: YamlNode | null, depth: number): string {
    if (key === null) return '';
    const node = this.build(key, depth + 1);
    return node.type === 'text' ? node.text : `(${node.type})`;
  }
}

const styles: Readonly<Record<string, TextNode['style']>> = { BLOCK_LITERAL: 'literal', PLAIN: 'plain' };

function textNode(source: Scalar, offset: number): TextNode {
  const style = styles[source.type ?? ''] ?? 'inline';
  if (typeof source.value === 'string') return { type: 'text', text: source.value, scalar: 'string', style, offset };
  const scalar = source.value === null || source.value === undefined ? 'empty' : 'other';
  return { type: 'text', text: source.source ?? String(source.value ?? ''), scalar, style, offset };
}

function emptyText(offset: number): TextNode {
  return { type: 'text', text: '', scalar: 'empty', style: 'inline', offset };
}
