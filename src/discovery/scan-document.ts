import { ClaimedPositions } from './claimed-positions.ts';
import type { Confidence } from './classify/confidence.ts';
import { isDashboard } from './classify/dashboard.ts';
import { mayDefaultToImage } from './classify/definition-prefilter.ts';
import type { RuleMatch, YamlPosition } from './classify/match.ts';
import { categorize, isImagelessInside, type ObjectCategory } from './classify/object-category.ts';
import { mayContainImage } from './classify/prefilter.ts';
import { definitionDefaults } from './definition-defaults.ts';
import { withoutDisabledMaps } from './disabled-maps.ts';
import { type EmbeddedText, embeddedMaps, embeddedTexts } from './embedded-document.ts';
import { configMapDocuments } from './kubernetes/configmap-data.ts';
import { type KubernetesObject, objectsIn } from './kubernetes/kubernetes-object.ts';
import type { Occurrence, UnreadableOccurrence } from './occurrence.ts';
import { type RuleScope, rules, textRule } from './rules/rules.ts';
import { scanText } from './rules/text-line.ts';
import { peekKind, type RenderedDocument, splitDocuments } from './yaml/document.ts';
import type { LineOf } from './yaml/line-index.ts';
import { parseEmbedded, readDocument } from './yaml/read-document.ts';
import { formatPath } from './yaml/yaml-path.ts';
import { childOf, type TreeNode } from './yaml/yaml-tree.ts';

/** A ConfigMap can contain a template that contains a script. Deeper documents are not scanned. */
const maximumEmbeddingDepth = 2;

interface ScanContext {
  /** Kind and name of the outermost object. */
  readonly kind: string;
  readonly name: string;
  readonly lineOf: LineOf;
  /** Paths of the texts that contain this document, outermost first. */
  readonly parents: readonly string[];
  /** Overrides that of the rules, for an embedded document. */
  readonly confidence: Confidence | undefined;
}

/** Applies the rules to one document. Never throws. */
export function scanDocument(document: RenderedDocument): readonly Occurrence[] {
  const category = categorize(peekKind(document.text));
  if (!mayContainImages(document.text, category)) return [];
  const reading = readDocument(document.text, document.firstLine);
  if (!reading.ok) {
    // The prose of a definition is full of examples.
    return category === 'definition'
      ? [{ ...unreadable(document, `it is not YAML (${reading.reason})`), type: 'unexamined' }]
      : scanUnparsed(document, reading.reason);
  }
  const { root, lineOf } = reading;
  const objects = objectsIn(root).flatMap((object) => {
    const { kind, name } = object;
    return scanObject(object, { kind, name, lineOf, parents: [], confidence: undefined });
  });
  return [...kindIssue(root, lineOf), ...objects];
}

/** Kubernetes rejects a kind that is not a string, and rules cannot select it. */
function kindIssue(root: TreeNode, lineOf: LineOf): readonly Occurrence[] {
  const kind = childOf(root, 'kind');
  if (kind === undefined || kind.type === 'text') return [];
  const text = `it is a ${kind.type}, not a string`;
  return [{ type: 'unreadable', text, kind: '', name: '', path: 'kind', line: lineOf(kind.offset) }];
}

/**
 * Skips parsing for kinds that cannot name an image, and for texts without any sign of one. A Secret shows no signs
 * before it is decoded.
 */
function mayContainImages(text: string, category: ObjectCategory): boolean {
  if (category === 'cannot-name-images') return false;
  if (category === 'definition') return mayDefaultToImage(text);
  if ((category === 'custom' || category === 'document') && mayDeployChart(text)) return true;
  return secretKind.test(text) || mayContainImage(text);
}

/** Fields of objects that deploy other charts; not the labels `helm.sh/chart` and `chart: web-1.0` of most objects. */
const otherChart = /\b(?:repoURL|chartRef|chartName|OCIRepository)\b|[\s"'{]chart["']?:(?!\s*["']?[\w-]{1,99}-v?\d)/;

function mayDeployChart(text: string): boolean {
  return /chart|repoURL|OCIRepository/.test(text) && otherChart.test(text);
}

const secretKind = /kind["']?:[ \t]*["']?Secret/;

/** Searches the lines of a document that cannot be parsed, and adds a finding. */
export function scanUnparsed(document: RenderedDocument, reason: string): readonly Occurrence[] {
  const images = scanText(document.text).map(({ image, line }): Occurrence => {
    const found = { image, rule: textRule.id, confidence: textRule.confidence } as const;
    return { type: 'image', ...found, ...noObject, line: document.firstLine + line };
  });
  return [unreadable(document, reason), ...images];
}

const noObject = { kind: '', name: '', path: '' } as const;

function unreadable({ firstLine }: RenderedDocument, reason: string): UnreadableOccurrence {
  return { type: 'unreadable', text: reason, ...noObject, line: firstLine };
}

function scanObject(object: KubernetesObject, context: ScanContext): readonly Occurrence[] {
  const category = categorize(object);
  if (category === 'cannot-name-images') return [];
  if (category === 'definition') return scanDefaults(object, context);
  if (category !== 'configuration') return applyRules(object, category, context);
  const inside: ScanContext = { ...context, confidence: context.confidence ?? 'embedded' };
  return configMapDocuments(object).flatMap((document) => applyRules(document, 'document', inside));
}

/** A definition in another document is an example, or is installed by a program. */
function scanDefaults(object: KubernetesObject, context: ScanContext): readonly Occurrence[] {
  if (context.parents.length > 0) return [];
  return definitionDefaults(object).flatMap(({ schema, defaults }) => {
    const inside: ScanContext = { ...context, parents: [formatPath(schema)], confidence: 'likely' };
    return applyRules({ ...object, node: defaults, path: undefined }, 'custom', inside);
  });
}

function applyRules(object: KubernetesObject, category: RuleScope, context: ScanContext): readonly Occurrence[] {
  const occurrences: Occurrence[] = [];
  const claimed = new ClaimedPositions();
  for (const rule of rules) {
    if (!rule.on.includes(category)) continue;
    // One position can contain several images, so positions are claimed after the rule.
    const seen: YamlPosition[] = [];
    for (const match of rule.find(object)) {
      if (claimed.has(match.position)) continue;
      seen.push(match.position);
      const where = toOccurrence(match, context);
      if (match.type === 'image') {
        for (const part of match.parts ?? []) seen.push(part);
        const confidence = context.confidence ?? rule.confidence;
        occurrences.push({ type: 'image', image: match.image, ...where, rule: rule.id, confidence });
      } else if (context.confidence === undefined || match.type === 'other-chart') {
        occurrences.push({ ...where, ...issueOf(match) });
      }
    }
    for (const position of seen) claimed.add(position);
  }
  return [...occurrences, ...scanEmbedded(object, category, claimed, context)];
}

function issueOf(
  match: Exclude<RuleMatch, { type: 'image' }>,
): Pick<UnreadableOccurrence, 'type' | 'text' | 'written' | 'refused'> {
  const refused = 'refused' in match && match.refused === true ? ({ refused: true } as const) : {};
  if (match.type !== 'unreadable') return { type: match.type, text: match.text, ...refused };
  const { reason: text, written } = match;
  return { type: 'unreadable', text, ...(written !== undefined && { written }), ...refused };
}

function toOccurrence(match: RuleMatch, context: ScanContext): Pick<Occurrence, 'kind' | 'name' | 'path' | 'line'> {
  const { kind, name, parents, lineOf } = context;
  const line = lineOf(match.position.offset) + match.position.linesBelow;
  return { kind, name, path: [...parents, formatPath(match.position.path)].join(' > '), line };
}

function scanEmbedded(
  object: KubernetesObject,
  category: RuleScope,
  claimed: ClaimedPositions,
  context: ScanContext,
): readonly Occurrence[] {
  if (context.parents.length >= maximumEmbeddingDepth) return [];
  const collect = category === 'workload' ? embeddedMaps : embeddedTexts;
  // A document in a variable of a pod is as certain as the variable itself.
  const confidence = context.confidence ?? (category === 'workload' ? 'likely' : 'embedded');
  return collect(object.node, object.path)
    .filter(({ path }) => !claimed.has({ path }))
    .flatMap((embedded) => scanEmbeddedText(embedded, { ...context, confidence }));
}

function scanEmbeddedText({ node, path }: EmbeddedText, context: ScanContext): readonly Occurrence[] {
  const first = context.lineOf(node.offset);
  const lineAt = (line: number): number => (node.style === 'literal' ? first + line - 1 : first);
  const parents = [...context.parents, formatPath(path)];
  return splitDocuments(node.text).flatMap((document) => {
    if (isImagelessInside(categorize(peekKind(document.text)))) return [];
    const reading = parseEmbedded(document.text, document.firstLine);
    if (reading.ok && reading.root.type !== 'text') {
      if (isDashboard(reading.root, document.text, path)) return [];
      const used = withoutDisabledMaps(reading.root, document.text);
      const lineOf = (offset: number): number => lineAt(reading.lineOf(offset));
      return used === undefined
        ? []
        : objectsIn(used).flatMap((inside) => scanObject(inside, { ...context, parents, lineOf }));
    }
    return scanText(document.text).map(({ image, line }): Occurrence => {
      const where = { kind: context.kind, name: context.name, path: parents.join(' > ') };
      const confidence = context.confidence ?? textRule.confidence;
      return { type: 'image', image, ...where, line: lineAt(document.firstLine + line), rule: textRule.id, confidence };
    });
  });
}
