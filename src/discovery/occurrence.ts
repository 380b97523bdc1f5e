import type { ImageUse } from './image-use.ts';

/**
 * What one document shows of a use or an issue. Plain data, because a worker may send it, without chart and value set,
 * which the collector adds when it merges occurrences. A `RuleMatch` is still a node of one object's tree.
 */
export type Occurrence = ImageOccurrence | UnreadableOccurrence;

/** Kind and name are those of the outermost object; empty for a document that could not be parsed. */
type ObjectPosition = Pick<ImageUse, 'kind' | 'name' | 'path' | 'line'>;

export interface ImageOccurrence extends ObjectPosition, Pick<ImageUse, 'image' | 'rule' | 'confidence'> {
  readonly type: 'image';
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
