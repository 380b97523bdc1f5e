import type { Confidence } from './classify/confidence.ts';

/** Something found in a document, in the terms of the report. */
export type Occurrence = ImageObservation | UnreadableOccurrence;

interface Where {
  /** Kind and name of the chart's object, also for what its texts carry; empty for a document that could not be read. */
  readonly kind: string;
  readonly name: string;
  /** YAML path; where a text carries a document, the path of the text and the one inside: `data["a.yaml"] > spec.image`. */
  readonly path: string;
  /** 1-based line of the rendered stream. */
  readonly line: number;
}

export interface ImageObservation extends Where {
  readonly type: 'image';
  readonly image: string;
  readonly rule: string;
  readonly confidence: Confidence;
}

export interface UnreadableOccurrence extends Where {
  /** A place is unreadable, a document whose lines were not even searched is unexamined. */
  readonly type: 'placeholder' | 'unreadable' | 'unexamined';
  /** The placeholder's text, or why the place could not be read. */
  readonly text: string;
}
