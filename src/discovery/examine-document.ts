import { type CarriedText, carriedMaps, carriedTexts } from './carried-text.ts';
import { Claims } from './claims.ts';
import { documentsOfConfiguration } from './configuration.ts';
import { kindAtMargin, type RenderedDocument, splitDocuments } from './document.ts';
import { type KubernetesObject, objectsIn } from './kubernetes-object.ts';
import type { LineOf } from './line-index.ts';
import { mayNameImage } from './mention.ts';
import { natureOf } from './nature.ts';
import type { Observation } from './observation.ts';
import { formatPath } from './path.ts';
import { readCarried, readDocument } from './read-document.ts';
import { type RuleNature, rules, textRule } from './rules/table.ts';
import { findInText } from './rules/text-line.ts';
import type { Sighting } from './sighting.ts';
import type { Spot } from './spot.ts';
import { childOf, type TreeNode } from './tree.ts';
import type { Confidence } from './use.ts';

/** A text may carry a document, and that one another: a ConfigMap with a template with a script. Deeper ones stay shut. */
const maximumCarriage = 2;

/** Where an object stands that is looked at. */
interface Standing {
  /** Kind and name of the object of the chart, also for what its texts carry. */
  readonly kind: string;
  readonly name: string;
  readonly lineOf: LineOf;
  /** Paths of the texts that carry this document, outermost first. */
  readonly carriers: readonly string[];
  /** What all images of a carried document have, whichever rule sees them. */
  readonly confidence: Confidence | undefined;
}

/** Applies the rules to one document. Never throws, whatever the text is; no document that may name an image is dropped. */
export function examineDocument(document: RenderedDocument): readonly Observation[] {
  if (!isWorthReading(document.text)) return [];
  const reading = readDocument(document.text, document.firstLine);
  if (!reading.ok) return examineUnreadable(document, reading.reason);
  const { root, lineOf } = reading;
  const objects = objectsIn(root).flatMap((object) => {
    const { kind, name } = object;
    return examineObject(object, { kind, name, lineOf, carriers: [], confidence: undefined });
  });
  return [...kindFault(root, lineOf), ...objects];
}

/** Kubernetes refuses a kind that is no text, and rules can not go by it. */
function kindFault(root: TreeNode, lineOf: LineOf): readonly Observation[] {
  const kind = childOf(root, 'kind');
  if (kind === undefined || kind.type === 'text') return [];
  const text = `it is a ${kind.type}, not text`;
  return [{ type: 'unreadable', text, kind: '', name: '', path: 'kind', line: lineOf(kind.offset) }];
}

/**
 * Kinds that can not name an image are not even parsed (custom resource definitions alone are half of all lines), nor are
 * texts without any sign of one. A Secret's texts show no signs before they are decoded.
 */
function isWorthReading(text: string): boolean {
  if (natureOf(kindAtMargin(text)) === 'closed') return false;
  return secretKind.test(text) || mayNameImage(text);
}

const secretKind = /kind["']?:[ \t]*["']?Secret/;

/** The images of a document that is not parsed, line by line, and the finding that says so. */
export function examineUnreadable(document: RenderedDocument, reason: string): readonly Observation[] {
  const nowhere = { kind: '', name: '', path: '' };
  const images = findInText(document.text).map(({ image, line }): Observation => {
    const found = { image, rule: textRule.id, confidence: textRule.confidence } as const;
    return { type: 'image', ...found, ...nowhere, line: document.firstLine + line };
  });
  return [{ type: 'unreadable', text: reason, ...nowhere, line: document.firstLine }, ...images];
}

function examineObject(object: KubernetesObject, standing: Standing): readonly Observation[] {
  const nature = natureOf(object);
  if (nature === 'closed') return [];
  if (nature !== 'configuration') return applyRules(object, nature, standing);
  const inside: Standing = { ...standing, confidence: standing.confidence ?? 'embedded' };
  return documentsOfConfiguration(object).flatMap((document) => applyRules(document, 'document', inside));
}

function applyRules(object: KubernetesObject, nature: RuleNature, standing: Standing): readonly Observation[] {
  const observations: Observation[] = [];
  const claims = new Claims();
  for (const rule of rules) {
    if (!rule.on.includes(nature)) continue;
    // One place may hold several images, so a rule's claims begin when it has ended.
    const seen: Spot[] = [];
    for (const sighting of rule.find(object)) {
      if (claims.has(sighting.spot)) continue;
      seen.push(sighting.spot);
      const where = tell(sighting, standing);
      if (sighting.type === 'image') {
        for (const part of sighting.parts ?? []) seen.push(part);
        const confidence = standing.confidence ?? rule.confidence;
        observations.push({ type: 'image', image: sighting.image, ...where, rule: rule.id, confidence });
      } else if (standing.confidence === undefined) {
        const text = sighting.type === 'placeholder' ? sighting.text : sighting.reason;
        observations.push({ type: sighting.type, text, ...where });
      }
    }
    for (const spot of seen) claims.add(spot);
  }
  return [...observations, ...examineCarried(object, nature, claims, standing)];
}

function tell(sighting: Sighting, standing: Standing): Pick<Observation, 'kind' | 'name' | 'path' | 'line'> {
  const { kind, name, carriers, lineOf } = standing;
  const line = lineOf(sighting.spot.offset) + sighting.spot.linesBelow;
  return { kind, name, path: [...carriers, formatPath(sighting.spot.path)].join(' > '), line };
}

function examineCarried(
  object: KubernetesObject,
  nature: RuleNature,
  claims: Claims,
  standing: Standing,
): readonly Observation[] {
  if (standing.carriers.length >= maximumCarriage) return [];
  const collect = nature === 'workload' ? carriedMaps : carriedTexts;
  // What a variable of a pod carries is as sure as the variable itself; other carried texts are the reader's to judge.
  const confidence = standing.confidence ?? (nature === 'workload' ? 'likely' : 'embedded');
  return collect(object.node, object.path)
    .filter(({ path }) => !claims.has({ path }))
    .flatMap((carried) => examineText(carried, { ...standing, confidence }));
}

function examineText({ node, path }: CarriedText, standing: Standing): readonly Observation[] {
  const first = standing.lineOf(node.offset);
  const lineAt = (line: number): number => (node.style === 'literal' ? first + line - 1 : first);
  const carriers = [...standing.carriers, formatPath(path)];
  return splitDocuments(node.text).flatMap((document) => {
    if (natureOf(kindAtMargin(document.text)) === 'closed') return [];
    const reading = readCarried(document.text, document.firstLine);
    if (reading.ok && reading.root.type !== 'text') {
      const lineOf = (offset: number): number => lineAt(reading.lineOf(offset));
      return objectsIn(reading.root).flatMap((inside) => examineObject(inside, { ...standing, carriers, lineOf }));
    }
    return findInText(document.text).map(({ image, line }): Observation => {
      const where = { kind: standing.kind, name: standing.name, path: carriers.join(' > ') };
      const confidence = standing.confidence ?? textRule.confidence;
      return { type: 'image', image, ...where, line: lineAt(document.firstLine + line), rule: textRule.id, confidence };
    });
  });
}
