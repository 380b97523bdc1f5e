import { runWithTimeout } from '../core/process/run-with-timeout.ts';
import { startBudget, type TimeBudget } from '../core/process/time-budget.ts';
import { isDue, yieldIfDue } from '../core/process/yield-turn.ts';
import type { Rendering } from '../helm/cli/rendering.ts';
import { collectDiscovery, type ScannedDocument, type ScannedRendering } from './discover.ts';
import type { Discovery } from './image-use.ts';
import type { Occurrence } from './occurrence.ts';
import { createDocumentScan, type DocumentScan, notScanned, scan } from './scan-rendering.ts';
import { SlowDocumentScanner } from './slow-document-scanner.ts';
import { eachDocument, isFilled } from './yaml/document.ts';

/** Milliseconds on the main thread for one document. A slower one is scanned in a worker thread. */
const longestTurn = 150;
const batchSize = 100;
/** Milliseconds for all documents of a rendering. The largest real charts take less than a second. */
const renderingBudget: TimeBudget = { busy: 20_000, waiting: 120_000 };

const tooLong = `scanning the manifests of the chart takes longer than ${renderingBudget.busy / 1000} seconds`;

/**
 * As `discover`, but yields often enough to handle signals. A document that takes too long is a finding `unreadable`.
 * Throws `cancelled`.
 */
export async function discoverInTurns(renderings: readonly Rendering[], signal: AbortSignal): Promise<Discovery> {
  const slow = new SlowDocumentScanner(signal);
  try {
    const scanned: ScannedRendering[] = [];
    for (const rendering of renderings) {
      scanned.push({ rendering, documents: await scanRenderingText(rendering.text, slow, signal) });
    }
    return collectDiscovery(scanned);
  } finally {
    // Errors during termination have no effect on the result.
    await slow.close().catch(() => {});
  }
}

async function scanRenderingText(
  text: string,
  slow: SlowDocumentScanner,
  signal: AbortSignal,
): Promise<readonly ScannedDocument[]> {
  const isSpent = startBudget(renderingBudget);
  const scanned: ScannedDocument[] = [];
  let filled = 0;
  let batch: DocumentScan[] = [];
  for (const document of eachDocument(text)) {
    await yieldIfDue(signal);
    if (!isFilled(document)) continue;
    batch.push(createDocumentScan(document, filled));
    filled += 1;
    if (batch.length < batchSize) continue;
    scanned.push(...(await scanBatch(batch, isSpent, slow, signal)));
    batch = [];
  }
  scanned.push(...(await scanBatch(batch, isSpent, slow, signal)));
  return scanned;
}

async function scanBatch(
  batch: readonly DocumentScan[],
  isSpent: () => boolean,
  slow: SlowDocumentScanner,
  signal: AbortSignal,
): Promise<readonly ScannedDocument[]> {
  const seen: (readonly Occurrence[])[] = [];
  for (;;) {
    await yieldIfDue(signal);
    const next = batch[seen.length];
    if (next === undefined) break;
    if (isSpent()) seen.push(notScanned(next, tooLong));
    else if (!scanBriefly(batch, seen)) {
      const longest = batch[seen.length];
      if (longest !== undefined) seen.push(await slow.scan(longest, isSpent, tooLong));
    }
  }
  // Most documents contain no image.
  return batch.flatMap(({ document: { template } }, index) => {
    const occurrences = seen[index] ?? [];
    return occurrences.length === 0 ? [] : [{ template, occurrences }];
  });
}

/** Scans as many documents as fit in a turn. False if the next document takes longer than a turn. */
function scanBriefly(batch: readonly DocumentScan[], seen: (readonly Occurrence[])[]): boolean {
  return runWithTimeout(longestTurn, () => {
    for (const documentScan of batch.slice(seen.length)) {
      seen.push(scan(documentScan));
      if (isDue()) return;
    }
  });
}
