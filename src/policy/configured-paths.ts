import { kindAtMargin, splitDocuments } from '../discovery/document.ts';
import { type KubernetesObject, objectsIn } from '../discovery/kubernetes-object.ts';
import { ObservationLedger } from '../discovery/ledger.ts';
import { fieldsOf } from '../discovery/named-text.ts';
import type { Observation } from '../discovery/observation.ts';
import { formatPath } from '../discovery/path.ts';
import { isPlaceholder } from '../discovery/placeholder.ts';
import { readDocument } from '../discovery/read-document.ts';
import { joinParts, partsByStem } from '../discovery/split-reference.ts';
import { textOf } from '../discovery/tree.ts';
import type { Discovery } from '../discovery/use.ts';
import type { Rendering } from '../helm/rendering.ts';
import { parseReference } from '../image/reference.ts';
import { follow, type Reached } from './path-steps.ts';
import { compilePattern } from './pattern.ts';
import type { ConfiguredPath } from './policy.ts';

export interface ReadPaths {
  readonly discovery: Discovery;
  /** Those that lead to a field of some object. */
  readonly used: ReadonlySet<ConfiguredPath>;
}

/**
 * Reads the fields that the user says name an image, also where a rule has read them already. Only documents of a wanted
 * kind are parsed. What stands at such a place and is no image is a finding, but for nothing at all.
 */
export function readConfiguredPaths(renderings: readonly Rendering[], paths: readonly ConfiguredPath[]): ReadPaths {
  const ledger = new ObservationLedger();
  const used = new Set<ConfiguredPath>();
  const kinds = new Set(paths.map(({ kind }) => kind));
  const documents = paths.length === 0 ? [] : renderings.flatMap(documentsOf);
  for (const { rendering, document } of documents) {
    const { kind } = kindAtMargin(document.text);
    if (kind !== '' && !kinds.has(kind) && !kind.endsWith('List')) continue;
    const reading = readDocument(document.text, document.firstLine);
    if (!reading.ok) continue;
    for (const object of objectsIn(reading.root)) {
      for (const configured of paths.filter((each) => isAbout(each, object))) {
        for (const reached of follow(configured.steps, object.node, object.path)) {
          used.add(configured);
          const seen = observe(reached, object, reading.lineOf);
          if (seen) ledger.enter(rendering, document.template, seen);
        }
      }
    }
  }
  return { discovery: ledger.close(), used };
}

function documentsOf(rendering: Rendering) {
  return splitDocuments(rendering.text).map((document) => ({ rendering, document }));
}

function isAbout({ kind, apiVersion }: ConfiguredPath, object: KubernetesObject): boolean {
  if (kind !== object.kind) return false;
  return apiVersion === undefined || compilePattern(apiVersion, '/')(textOf(object.node, 'apiVersion') ?? '');
}

function observe(
  { node, path }: Reached,
  { kind, name }: KubernetesObject,
  lineOf: (offset: number) => number,
): Observation | undefined {
  const where = { kind, name, path: formatPath(path), line: lineOf(node.offset) };
  const image = (text: string): Observation => {
    return { type: 'image', image: text, ...where, rule: 'configured-path', confidence: 'likely' };
  };
  const fault = (type: 'placeholder' | 'unreadable', text: string): Observation => ({ type, text, ...where });
  if (node.type === 'map') {
    const joined = joinParts(partsByStem(fieldsOf(node, path)).get('') ?? {}, 'image-map');
    if (joined?.type === 'image') return image(joined.image);
    return joined?.type === 'placeholder'
      ? fault('placeholder', joined.text)
      : fault('unreadable', 'it is a map without the parts of a reference');
  }
  if (node.type === 'list') return fault('unreadable', 'it is a list; its items are at [*]');
  const text = node.text.trim();
  if (text === '' || node.scalar === 'empty') return undefined;
  if (isPlaceholder(text)) return fault('placeholder', text);
  const parsed = parseReference(text);
  if (!parsed.ok) return fault('unreadable', parsed.reason);
  return node.scalar === 'string' ? image(text) : fault('unreadable', `${text} is not a string`);
}
