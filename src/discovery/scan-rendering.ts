import type { Occurrence } from './occurrence.ts';
import { scanDocument, scanUnparsed } from './scan-document.ts';
import type { RenderedDocument } from './yaml/document.ts';

/**
 * Documents of one rendering that are parsed; the largest real charts have a few hundred. Together with the bounds on one
 * document (read-tree.ts) this bounds the work that any text can make.
 */
const maximumDocuments = 10_000;

/** A document and why it is not parsed, if it isn't. Plain data, which another thread can be sent. */
export interface DocumentScan {
  readonly document: RenderedDocument;
  readonly unreadable: string | undefined;
}

/** `index` counts the filled documents of the rendering from 0. */
export function createDocumentScan(document: RenderedDocument, index: number): DocumentScan {
  return {
    document,
    unreadable: index < maximumDocuments ? undefined : `it comes after ${maximumDocuments} documents`,
  };
}

/** Pure. */
export function scan({ document, unreadable }: DocumentScan): readonly Occurrence[] {
  return unreadable === undefined ? scanDocument(document) : scanUnparsed(document, unreadable);
}

/** A document that took too long; nothing of it is known. */
export function notScanned({ document }: DocumentScan, reason: string): readonly Occurrence[] {
  return [{ type: 'unexamined', text: reason, kind: '', name: '', path: '', line: document.firstLine }];
}
