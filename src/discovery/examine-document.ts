import { carriedTexts } from './carried-text.ts';
import { documentsOfConfiguration } from './configuration.ts';
import { isCustomResourceDefinition, type RenderedDocument, splitDocuments } from './document.ts';
import { type KubernetesObject, objectsIn } from './kubernetes-object.ts';
import type { LineOf } from './line-index.ts';
import { natureOf } from './nature.ts';
import type { Fault, Observation } from './observation.ts';
import { formatPath } from './path.ts';
import { readDocument } from './read-document.ts';
import { rules, textRule } from './rules/table.ts';
import { findInText } from './rules/text-line.ts';
import type { Sighting } from './sighting.ts';
import type { Spot } from './spot.ts';

/** A text may carry a document, and that one another: a ConfigMap with a template with a script. Deeper ones stay shut. */
const maximumCarriage = 2;

/** Where the objects that are looked at stand. */
interface Standing {
  /** Kind and name of the object of the chart, also for what it carries. */
  readonly owner: KubernetesObject | undefined;
  readonly lineOf: LineOf;
  /** Paths of the texts that carry this document, outermost first. */
  readonly carriers: readonly string[];
}

/** Applies the rules to one document. Never throws, whatever the text is; no document is dropped silently. */
export function examineDocument(document: RenderedDocument): readonly Observation[] {
  if (isCustomResourceDefinition(document.text)) return [];
  const reading = readDocument(document.text, document.firstLine);
  if (reading.ok) {
    const standing = { owner: undefined, lineOf: reading.lineOf, carriers: [] };
    return objectsIn(reading.root).flatMap((object) => examineObject(object, standing));
  }
  const nowhere = { kind: '', name: '', path: '' };
  const fault: Fault = { type: 'unreadable', text: reading.reason, ...nowhere, line: document.firstLine };
  const images = findInText(document.text).map(({ image, line }): Observation => {
    const rule = { rule: textRule.id, confidence: 'likely' } as const;
    return { type: 'image', image, ...nowhere, line: document.firstLine + line, ...rule };
  });
  return [fault, ...images];
}

function examineObject(object: KubernetesObject, standing: Standing): readonly Observation[] {
  const owned = { ...standing, owner: standing.owner ?? object };
  const nature = natureOf(object);
  if (nature === 'closed') return [];
  if (nature === 'configuration') {
    return documentsOfConfiguration(object).flatMap((document) => applyRules(document, 'document', owned, 'embedded'));
  }
  return applyRules(object, nature, owned, standing.carriers.length > 0 ? 'embedded' : undefined);
}

function applyRules(
  object: KubernetesObject,
  nature: 'workload' | 'custom' | 'document',
  standing: Standing,
  atMost: 'embedded' | undefined,
): readonly Observation[] {
  const observations: Observation[] = [];
  const claimed = new Set<string>();
  for (const rule of rules) {
    if (!rule.on.includes(nature)) continue;
    const claims: string[] = [];
    for (const sighting of rule.find(object)) {
      const path = formatPath(sighting.spot.path);
      if (claimed.has(path)) continue;
      claims.push(path);
      if (sighting.type === 'image') {
        claims.push(...(sighting.parts ?? []).map(formatPath));
        const where = tell(sighting.spot, standing);
        observations.push({
          type: 'image',
          image: sighting.image,
          ...where,
          rule: rule.id,
          confidence: atMost ?? rule.confidence,
        });
      } else if (atMost === undefined) observations.push(tellFault(sighting, standing));
    }
    for (const path of claims) claimed.add(path);
  }
  if (nature !== 'workload') observations.push(...examineTexts(object, claimed, standing));
  return observations;
}

function examineTexts(
  object: KubernetesObject,
  claimed: ReadonlySet<string>,
  standing: Standing,
): readonly Observation[] {
  if (standing.carriers.length >= maximumCarriage) return [];
  return carriedTexts(object.node, object.path).flatMap(({ node, path }) => {
    const carrier = formatPath(path);
    if (claimed.has(carrier)) return [];
    const first = standing.lineOf(node.offset);
    const inner = { ...standing, carriers: [...standing.carriers, carrier] };
    return splitDocuments(node.text).flatMap((document) => {
      if (isCustomResourceDefinition(document.text)) return [];
      const reading = readDocument(document.text, document.firstLine);
      const lineAt = (line: number): number => (node.style === 'literal' ? first + line - 1 : first);
      if (reading.ok && reading.root.type !== 'text') {
        const lineOf = (offset: number): number => lineAt(reading.lineOf(offset));
        return objectsIn(reading.root).flatMap((inside) => examineObject(inside, { ...inner, lineOf }));
      }
      return findInText(document.text).map(({ image, line }): Observation => {
        const { kind, name } = describe(standing);
        const where = { kind, name, path: inner.carriers.join(' > '), line: lineAt(document.firstLine + line) };
        return { type: 'image', image, ...where, rule: textRule.id, confidence: 'embedded' };
      });
    });
  });
}

function describe(standing: Standing): { readonly kind: string; readonly name: string } {
  return { kind: standing.owner?.kind ?? '', name: standing.owner?.name ?? '' };
}

function tell(spot: Spot, standing: Standing): { kind: string; name: string; path: string; line: number } {
  const path = [...standing.carriers, formatPath(spot.path)].join(' > ');
  return { ...describe(standing), path, line: standing.lineOf(spot.offset) + spot.linesBelow };
}

function tellFault(sighting: Exclude<Sighting, { readonly type: 'image' }>, standing: Standing): Fault {
  const text = sighting.type === 'placeholder' ? sighting.text : sighting.reason;
  return { type: sighting.type, text, ...tell(sighting.spot, standing) };
}
