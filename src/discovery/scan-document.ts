import { ClaimedPositions } from './claimed-positions.ts';
import type { Confidence } from './classify/confidence.ts';
import type { RuleMatch } from './classify/match.ts';
import { categorize } from './classify/object-category.ts';
import { mayContainImage } from './classify/prefilter.ts';
import { type EmbeddedText, embeddedMaps, embeddedTexts } from './embedded-document.ts';
import { configMapDocuments } from './kubernetes/configmap-data.ts';
import { type KubernetesObject, objectsIn } from './kubernetes/kubernetes-object.ts';
import type { Occurrence } from './occurrence.ts';
import { type RuleScope, rules, textRule } from './rules/rules.ts';
import { scanText } from './rules/text-line.ts';
import { peekKind, type RenderedDocument, splitDocuments } from './yaml/document.ts';
import type { LineOf } from './yaml/line-index.ts';
import { parseEmbedded, readDocument } from './yaml/read-document.ts';
import { formatPath } from './yaml/yaml-path.ts';
import type { YamlPosition } from './yaml/yaml-position.ts';
import { childOf, type TreeNode } from './yaml/yaml-tree.ts';

/** A text may carry a document, and that one another: a ConfigMap with a template with a script. Deeper ones stay shut. */
const maximumEmbeddingDepth = 2;

/** Where an object stands that is looked at. */
interface ScanContext {
  /** Kind and name of the object of the chart, also for what its texts carry. */
  readonly kind: string;
  readonly name: string;
  readonly lineOf: LineOf;
  /** Paths of the texts that carry this document, outermost first. */
  readonly parents: readonly string[];
  /** What all images of a carried document have, whichever rule sees them. */
  readonly confidence: Confidence | undefined;
}

/** Applies the rules to one document. Never throws, whatever the text is; no document that may name an image is dropped. */
export function scanDocument(document: RenderedDocument): readonly Occurrence[] {
  if (!mayContainImages(document.text)) return [];
  const reading = readDocument(document.text, document.firstLine);
  if (!reading.ok) return scanUnparsed(document, reading.reason);
  const { root, lineOf } = reading;
  const objects = objectsIn(root).flatMap((object) => {
    const { kind, name } = object;
    return examineObject(object, { kind, name, lineOf, parents: [], confidence: undefined });
  });
  return [...kindIssue(root, lineOf), ...objects];
}

/** Kubernetes refuses a kind that is no text, and rules cannot go by it. */
function kindIssue(root: TreeNode, lineOf: LineOf): readonly Occurrence[] {
  const kind = childOf(root, 'kind');
  if (kind === undefined || kind.type === 'text') return [];
  const text = `it is a ${kind.type}, not text`;
  return [{ type: 'unreadable', text, kind: '', name: '', path: 'kind', line: lineOf(kind.offset) }];
}

/**
 * Kinds that cannot name an image are not even parsed (custom resource definitions alone are half of all lines), nor are
 * texts without any sign of one. A Secret's texts show no signs before they are decoded.
 */
function mayContainImages(text: string): boolean {
  if (categorize(peekKind(text)) === 'closed') return false;
  return secretKind.test(text) || mayContainImage(text);
}

const secretKind = /kind["']?:[ \t]*["']?Secret/;

/** The images of a document that is not parsed, line by line, and the finding that says so. */
export function scanUnparsed(document: RenderedDocument, reason: string): readonly Occurrence[] {
  const nowhere = { kind: '', name: '', path: '' };
  const images = scanText(document.text).map(({ image, line }): Occurrence => {
    const found = { image, rule: textRule.id, confidence: textRule.confidence } as const;
    return { type: 'image', ...found, ...nowhere, line: document.firstLine + line };
  });
  return [{ type: 'unreadable', text: reason, ...nowhere, line: document.firstLine }, ...images];
}

function examineObject(object: KubernetesObject, context: ScanContext): readonly Occurrence[] {
  const category = categorize(object);
  if (category === 'closed') return [];
  if (category !== 'configuration') return applyRules(object, category, context);
  const inside: ScanContext = { ...context, confidence: context.confidence ?? 'embedded' };
  return configMapDocuments(object).flatMap((document) => applyRules(document, 'document', inside));
}

function applyRules(object: KubernetesObject, category: RuleScope, context: ScanContext): readonly Occurrence[] {
  const observations: Occurrence[] = [];
  const claims = new ClaimedPositions();
  for (const rule of rules) {
    if (!rule.on.includes(category)) continue;
    // One place may hold several images, so a rule's claims begin when it has ended.
    const seen: YamlPosition[] = [];
    for (const match of rule.find(object)) {
      if (claims.has(match.position)) continue;
      seen.push(match.position);
      const where = toObservation(match, context);
      if (match.type === 'image') {
        for (const part of match.parts ?? []) seen.push(part);
        const confidence = context.confidence ?? rule.confidence;
        observations.push({ type: 'image', image: match.image, ...where, rule: rule.id, confidence });
      } else if (context.confidence === undefined) {
        const text = match.type === 'placeholder' ? match.text : match.reason;
        observations.push({ type: match.type, text, ...where });
      }
    }
    for (const position of seen) claims.add(position);
  }
  return [...observations, ...scanEmbedded(object, category, claims, context)];
}

function toObservation(match: RuleMatch, context: ScanContext): Pick<Occurrence, 'kind' | 'name' | 'path' | 'line'> {
  const { kind, name, parents: carriers, lineOf } = context;
  const line = lineOf(match.position.offset) + match.position.linesBelow;
  return { kind, name, path: [...carriers, formatPath(match.position.path)].join(' > '), line };
}

function scanEmbedded(
  object: KubernetesObject,
  category: RuleScope,
  claims: ClaimedPositions,
  context: ScanContext,
): readonly Occurrence[] {
  if (context.parents.length >= maximumEmbeddingDepth) return [];
  const collect = category === 'workload' ? embeddedMaps : embeddedTexts;
  // What a variable of a pod carries is as sure as the variable itself; other carried texts are the reader's to judge.
  const confidence = context.confidence ?? (category === 'workload' ? 'likely' : 'embedded');
  return collect(object.node, object.path)
    .filter(({ path }) => !claims.has({ path }))
    .flatMap((carried) => scanPlainText(carried, { ...context, confidence }));
}

function scanPlainText({ node, path }: EmbeddedText, context: ScanContext): readonly Occurrence[] {
  const first = context.lineOf(node.offset);
  const lineAt = (line: number): number => (node.style === 'literal' ? first + line - 1 : first);
  const carriers = [...context.parents, formatPath(path)];
  return splitDocuments(node.text).flatMap((document) => {
    if (categorize(peekKind(document.text)) === 'closed') return [];
    const reading = parseEmbedded(document.text, document.firstLine);
    if (reading.ok && reading.root.type !== 'text') {
      const lineOf = (offset: number): number => lineAt(reading.lineOf(offset));
      return objectsIn(reading.root).flatMap((inside) =>
        examineObject(inside, { ...context, parents: carriers, lineOf }),
      );
    }
    return scanText(document.text).map(({ image, line }): Occurrence => {
      const where = { kind: context.kind, name: context.name, path: carriers.join(' > ') };
      const confidence = context.confidence ?? textRule.confidence;
      return { type: 'image', image, ...where, line: lineAt(document.firstLine + line), rule: textRule.id, confidence };
    });
  });
}
