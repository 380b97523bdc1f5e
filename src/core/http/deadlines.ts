/** How long the parts of an answer may take, so that a server which sends a byte now and then does not hold up a run. */
export interface Deadlines {
  /** Milliseconds for one try: connection, redirects, and the answer, whole or (where it is streamed) its headers. */
  readonly response: number;
  /** The same for the answer to a streamed upload, from the last byte sent on. */
  readonly uploadAnswer: number;
  /** Milliseconds that a server may let an upload wait without taking any of it. */
  readonly uploadPause: number;
  /** Milliseconds in which a streamed body must bring `progressBytes`, while its reader waits for it. */
  readonly progressTime: number;
  readonly progressBytes: number;
}

/**
 * One request takes at most `Patience.whenThrottled` and one `answer`: 270 s; what runs out of time is not tried again. A
 * refused token costs a second request, and one for the token. A host that lets all run out of time is given up after three such
 * waits, however many images it has (`slow-hosts.ts`). A blob of n bytes takes at most n / 8.5 KiB/s.
 */
export const defaultDeadlines: Deadlines = {
  // Twice the 60 s of silence that end an answer: the largest that is read whole (8 MiB) needs 70 KiB/s.
  response: 120_000,
  // A registry hashes and moves a whole layer before it answers the request that closes an upload.
  uploadAnswer: 600_000,
  // Registries take nothing while they hand a part on to their storage, where they may try again.
  uploadPause: 180_000,
  // 8.5 KiB/s: 64 copies at once still make progress on a line of 5 Mbit/s.
  progressTime: 60_000,
  progressBytes: 512 * 1024,
};

/** Interim answers (RFC 9110, 15.2) that are read for one that counts: servers send a hint or two, and a sign of life now and then. */
export const maximumInterimAnswers = 32;
