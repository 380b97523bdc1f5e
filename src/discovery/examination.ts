import type { RenderedDocument } from './document.ts';
import { examineDocument, examineUnreadable } from './examine-document.ts';
import type { Observation } from './observation.ts';

/**
 * Documents of one rendering that are parsed; the largest real charts have a few hundred. Together with the bounds on one
 * document (read-tree.ts) this bounds the work that any text can make.
 */
const maximumDocuments = 10_000;

/** A document and why it is not parsed, if it isn't. Plain data, which another thread can be sent. */
export interface Examination {
  readonly document: RenderedDocument;
  readonly unreadable: string | undefined;
}

/** `index` counts the filled documents of the rendering from 0. */
export function examinationOf(document: RenderedDocument, index: number): Examination {
  return {
    document,
    unreadable: index < maximumDocuments ? undefined : `it comes after ${maximumDocuments} documents`,
  };
}

/** Pure. */
export function examine({ document, unreadable }: Examination): readonly Observation[] {
  return unreadable === undefined ? examineDocument(document) : examineUnreadable(document, unreadable);
}

/** A document that took too long; nothing of it is known. */
export function unexamined({ document }: Examination, reason: string): readonly Observation[] {
  return [{ type: 'unexamined', text: reason, kind: '', name: '', path: '', line: document.firstLine }];
}
