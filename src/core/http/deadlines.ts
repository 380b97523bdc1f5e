/** Time limits for the parts of a response, so that a server that sends single bytes doesn't block a run. */
export interface Deadlines {
  /** Milliseconds for one attempt: connection, redirects, and the response (only its headers if it is streamed). */
  readonly response: number;
  /** Milliseconds for the response to a streamed upload, after the last sent byte. */
  readonly uploadResponse: number;
  /** Milliseconds for which a server may accept no bytes of an upload. */
  readonly uploadPause: number;
  /** Milliseconds in which a streamed body must deliver `progressBytes` while its reader waits. */
  readonly progressTime: number;
  readonly progressBytes: number;
}

/**
 * A request takes at most three `response` and the pauses of `RetryPolicy.whenThrottled`: 510 s. A response that
 * arrives byte by byte until its deadline is not retried. A rejected token costs two more requests. `slow-hosts.ts`
 * bounds the time-outs of a host. A blob of n bytes takes at most n / (8.5 KiB/s).
 */
export const defaultDeadlines: Deadlines = {
  // Twice the idle time-out of 60 s: the largest buffered response (8 MiB) needs 70 KiB/s.
  response: 120_000,
  // A registry hashes and stores a whole layer before it responds to the request that closes an upload.
  uploadResponse: 600_000,
  // Registries accept no bytes while they forward a chunk to their storage, with retries of their own.
  uploadPause: 180_000,
  // 8.5 KiB/s: 64 parallel copies are fast enough on a line of 5 Mbit/s.
  progressTime: 60_000,
  progressBytes: 512 * 1024,
};

/** Interim responses (RFC 9110, 15.2) before a final one. Servers send one or two hints, or a few as keep-alive. */
export const maximumInterimResponses = 32;
