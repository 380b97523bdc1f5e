import type { Occurrence } from './occurrence.ts';
import { scanDocument, scanUnparsed } from './scan-document.ts';
import type { RenderedDocument } from './yaml/document.ts';

/**
 * Documents to parse in one rendering; the largest real charts have a few hundred. With the limits of one document
 * (parse-yaml-tree.ts), this limits the work for any text.
 */
const maximumDocuments = 10_000;

/** A document, and the reason if it must not be parsed. Plain data that can be sent to a worker. */
export interface DocumentScan {
  readonly document: RenderedDocument;
  readonly unreadable: string | undefined;
}

/** @param index 0-based, counts documents that are not empty */
export function createDocumentScan(document: RenderedDocument, index: number): DocumentScan {
  return {
    document,
    unreadable: index < maximumDocuments ? undefined : `the rendering has more than ${maximumDocuments} documents`,
  };
}

/** Pure. */
export function scan({ document, unreadable }: DocumentScan): readonly Occurrence[] {
  return unreadable === undefined ? scanDocument(document) : scanUnparsed(document, unreadable);
}

/** For a document that takes too long. */
export function notScanned({ document }: DocumentScan, reason: string): readonly Occurrence[] {
  return [{ type: 'unexamined', text: reason, kind: '', name: '', path: '', line: document.firstLine }];
}
