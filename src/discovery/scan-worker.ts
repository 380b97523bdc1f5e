/** The thread in which documents are examined that take longer than the main thread may be busy. */
import { parentPort } from 'node:worker_threads';
import { type DocumentScan, scan } from './scan-rendering.ts';

// A worker has a port.
parentPort?.on('message', (examination: DocumentScan) => parentPort?.postMessage(scan(examination)));
