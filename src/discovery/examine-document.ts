import type { RenderedDocument } from './document.ts';
import { isCustomResourceDefinition } from './document.ts';
import { objectsIn } from './kubernetes-object.ts';
import { formatPath } from './path.ts';
import { readDocument } from './read-document.ts';
import { rules } from './rules/table.ts';
import type { Confidence } from './use.ts';

/** What was seen in one document, with everything told in the terms of the report. */
export type Observation =
  | {
      readonly type: 'image';
      readonly image: string;
      readonly kind: string;
      readonly name: string;
      readonly path: string;
      readonly line: number;
      readonly rule: string;
      readonly confidence: Confidence;
    }
  | {
      readonly type: 'placeholder' | 'unreadable';
      /** The placeholder's text, or why the place could not be read. */
      readonly text: string;
      readonly kind: string;
      readonly name: string;
      /** Empty for a whole document. */
      readonly path: string;
      readonly line: number;
    };

/** Applies the rules to one document. Never throws, whatever the text is. */
export function examineDocument(document: RenderedDocument): readonly Observation[] {
  if (isCustomResourceDefinition(document.text)) return [];
  const reading = readDocument(document.text, document.firstLine);
  if (!reading.ok) {
    return [{ type: 'unreadable', text: reading.reason, kind: '', name: '', path: '', line: document.firstLine }];
  }
  const observations: Observation[] = [];
  for (const object of objectsIn(reading.root)) {
    for (const rule of rules) {
      for (const sighting of rule.find(object)) {
        const { kind, name } = object;
        const where = { kind, name, path: formatPath(sighting.path), line: reading.lineOf(sighting.offset) };
        if (sighting.type === 'image') {
          observations.push({
            type: 'image',
            image: sighting.image,
            ...where,
            rule: rule.id,
            confidence: rule.confidence,
          });
        } else {
          const text = sighting.type === 'placeholder' ? sighting.text : sighting.reason;
          observations.push({ type: sighting.type, text, ...where });
        }
      }
    }
  }
  return observations;
}
