/** The thread in which documents are examined that take longer than the main thread may be busy. */
import { parentPort } from 'node:worker_threads';
import { type Examination, examine } from './examination.ts';

// A worker has a port.
parentPort?.on('message', (examination: Examination) => parentPort?.postMessage(examine(examination)));
