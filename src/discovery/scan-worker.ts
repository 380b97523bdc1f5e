/** Worker thread for documents that would block the main thread for too long. */
import { parentPort } from 'node:worker_threads';
import { type DocumentScan, scan } from './scan-rendering.ts';

parentPort?.on('message', (documentScan: DocumentScan) => parentPort?.postMessage(scan(documentScan)));
