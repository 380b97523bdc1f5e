import { parseTemplateReference } from '../../core/oci/reference.ts';
import type { Rendering } from '../../helm/cli/rendering.ts';
import { scalarFields } from '../classify/named-value.ts';
import { isPlaceholder } from '../classify/placeholder.ts';
import { assembleReference, partsByStem } from '../classify/split-reference.ts';
import { ImageCollector } from '../image-collector.ts';
import type { Discovery } from '../image-use.ts';
import { type KubernetesObject, objectsIn } from '../kubernetes/kubernetes-object.ts';
import type { Occurrence } from '../occurrence.ts';
import { peekKind, splitDocuments } from '../yaml/document.ts';
import { readDocument } from '../yaml/read-document.ts';
import { formatPath } from '../yaml/yaml-path.ts';
import { textOf } from '../yaml/yaml-tree.ts';
import { compileGlob } from './glob.ts';
import { type PathMatch, selectNodes } from './path-steps.ts';
import type { ConfiguredPath } from './policy.ts';

export interface PathMatches {
  readonly discovery: Discovery;
  /** Paths that match a field. */
  readonly used: ReadonlySet<ConfiguredPath>;
}

/**
 * Reads the configured fields, also those that a rule has read. Parses only documents of a configured kind. A value
 * that is not an image is a finding, unless it is empty.
 */
export function readConfiguredPaths(renderings: readonly Rendering[], paths: readonly ConfiguredPath[]): PathMatches {
  const collector = new ImageCollector();
  const used = new Set<ConfiguredPath>();
  const kinds = new Set(paths.map(({ kind }) => kind));
  const documents = paths.length === 0 ? [] : renderings.flatMap(documentsOf);
  for (const { rendering, document } of documents) {
    const { kind } = peekKind(document.text);
    if (kind !== '' && !kinds.has(kind) && !kind.endsWith('List')) continue;
    const reading = readDocument(document.text, document.firstLine);
    if (!reading.ok) continue;
    for (const object of objectsIn(reading.root)) {
      for (const configured of paths.filter((each) => matchesObject(each, object))) {
        for (const matched of selectNodes(configured.steps, object.node, object.path)) {
          used.add(configured);
          const seen = readField(matched, object, reading.lineOf);
          if (seen) collector.add(rendering, document.template, seen);
        }
      }
    }
  }
  return { discovery: collector.finish(), used };
}

function documentsOf(rendering: Rendering) {
  return splitDocuments(rendering.text).map((document) => ({ rendering, document }));
}

function matchesObject({ kind, apiVersion }: ConfiguredPath, object: KubernetesObject): boolean {
  if (kind !== object.kind) return false;
  return apiVersion === undefined || compileGlob(apiVersion, '/')(textOf(object.node, 'apiVersion') ?? '');
}

function readField(
  { node, path }: PathMatch,
  { kind, name }: KubernetesObject,
  lineOf: (offset: number) => number,
): Occurrence | undefined {
  const where = { kind, name, path: formatPath(path), line: lineOf(node.offset) };
  const image = (text: string): Occurrence => {
    return { type: 'image', image: text, ...where, rule: 'configured-path', confidence: 'likely' };
  };
  const issue = (type: 'placeholder' | 'unreadable', text: string): Occurrence => ({ type, text, ...where });
  if (node.type === 'map') {
    const assembled = assembleReference(partsByStem(scalarFields(node, path)).get('') ?? {}, 'image-map');
    if (assembled?.type === 'image') return image(assembled.image);
    return assembled?.type === 'placeholder'
      ? issue('placeholder', assembled.text)
      : issue('unreadable', 'it is a map without the parts of a reference');
  }
  if (node.type === 'list') return issue('unreadable', 'it is a list; use [*] for its items');
  const text = node.text.trim();
  if (text === '' || node.scalar === 'empty') return undefined;
  if (isPlaceholder(text)) return issue('placeholder', text);
  const parsed = parseTemplateReference(text);
  if (!parsed.ok) return issue('unreadable', parsed.reason);
  return node.scalar === 'string' ? image(text) : issue('unreadable', `${text} is not a string`);
}
