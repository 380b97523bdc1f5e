import type { Confidence } from './classify/confidence.ts';

/** A match of a rule with its position in the chart. */
export type Occurrence = ImageOccurrence | UnreadableOccurrence;

interface ObjectPosition {
  /** Kind and name of the outermost object; empty for a document that could not be parsed. */
  readonly kind: string;
  readonly name: string;
  /** YAML path; in an embedded document, the paths of the text and inside it: `data["a.yaml"] > spec.image`. */
  readonly path: string;
  /** 1-based line of the rendered stream. */
  readonly line: number;
}

export interface ImageOccurrence extends ObjectPosition {
  readonly type: 'image';
  readonly image: string;
  readonly rule: string;
  readonly confidence: Confidence;
}

export interface UnreadableOccurrence extends ObjectPosition {
  /** An unexamined document was not scanned at all; the images of another chart are not in the rendering. */
  readonly type: 'placeholder' | 'unreadable' | 'unexamined' | 'other-chart';
  /** The placeholder, the reason, or the other chart. */
  readonly text: string;
  /** The text of the field, if it has one and `text` is the reason. */
  readonly written?: string;
  /** Kubernetes or every container runtime refuses it. */
  readonly refused?: true;
}
