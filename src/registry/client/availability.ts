import { type ChartImagesError, rootCause } from '../../core/errors.ts';
import { isWorthRetrying } from '../../core/http/retry-policy.ts';
import { ResponseError } from './registry-error.ts';

/** Milliseconds after which one request may test whether the registry is available again. */
const testInterval = 30_000;

/**
 * Different requests that fail with a status of the server (500 to 504) before it counts as failing: a registry may
 * respond like this to a single broken image.
 */
const failuresUntilBlocked = 2;

/**
 * Whether one server can be used now. A server that asks for more patience than there is, or that fails every request
 * for its patience, would otherwise cost that patience once for each image.
 */
export interface Availability {
  /**
   * Throws the error that made the server unavailable. `kind` separates requests that may have limits of their own,
   * such as `GET manifests`: Docker Hub limits only those, so that images whose manifests were read can be finished.
   */
  check(kind: string): void;
  /**
   * As `check`, before each attempt. Lets one request pass from time to time, to test whether the server is available.
   */
  admit(kind: string): void;
  begin(kind: string, operation: string): Attempt;
}

/** A request with all its retries. */
export interface Attempt {
  succeeded(): void;
  /** `at`: where the error occurred, after redirects. Returns the error that blocks later requests too, if any. */
  failed(error: ChartImagesError, at: 'this server' | 'another server'): ChartImagesError | undefined;
}

interface Block {
  readonly error: ChartImagesError;
  /** In the time of `now`. */
  readonly testAt: number;
}

/** Blocks requests of all kinds. */
const everything = '*';

/** `now` in milliseconds. */
export function createAvailability(now: () => number = () => performance.now()): Availability {
  const blocks = new Map<string, Block>();
  const successes = new Map<string, number>();
  const failures = new Map<string, Set<string>>();

  const check = (kind: string): void => {
    for (const block of [blocks.get(everything), blocks.get(kind)]) {
      if (block !== undefined && now() < block.testAt) throw block.error;
    }
  };
  const block = (key: string, error: ChartImagesError, retryAfter = 0): ChartImagesError => {
    const known = blocks.get(key)?.error ?? error;
    blocks.set(key, { error: known, testAt: now() + Math.max(retryAfter, testInterval) });
    return known;
  };
  const failuresOf = (kind: string, operation: string): number => {
    const different = failures.get(kind) ?? new Set();
    failures.set(kind, different.add(operation));
    return different.size;
  };

  return {
    check,
    admit(kind) {
      check(kind);
      for (const key of [everything, kind]) {
        const blocked = blocks.get(key);
        if (blocked !== undefined) blocks.set(key, { ...blocked, testAt: now() + testInterval });
      }
    },
    begin(kind, operation) {
      const countOf = (key: string): number => successes.get(key) ?? 0;
      const before = { kind: countOf(kind), everything: countOf(everything) };
      return {
        succeeded() {
          for (const key of [kind, everything]) {
            successes.set(key, countOf(key) + 1);
            blocks.delete(key);
          }
          failures.delete(kind);
        },
        failed(error, at) {
          const root = rootCause(error);
          const isKnown = [everything, kind].some((key) => blocks.get(key)?.error === root);
          if (isKnown) return root;
          const failure = failureOf(root);
          if (failure.kind === 'answered') return undefined;
          if (failure.kind === 'unreachable' && at === 'this server')
            return countOf(everything) === before.everything ? block(everything, root) : undefined;
          const hasSucceeded = countOf(kind) > before.kind;
          if (failure.kind === 'throttled')
            return hasSucceeded && failure.retryAfter === undefined ? undefined : block(kind, root, failure.retryAfter);
          if (hasSucceeded) return undefined;
          return failuresOf(kind, operation) >= failuresUntilBlocked ? block(kind, root) : undefined;
        },
      };
    },
  };
}

type Failure =
  /** A response that is final, such as 404. */
  | { readonly kind: 'answered' }
  | { readonly kind: 'unreachable' | 'failing' }
  | { readonly kind: 'throttled'; readonly retryAfter: number | undefined };

/** Classifies the error of a request whose retries are used up. */
function failureOf(root: ChartImagesError): Failure {
  if (root instanceof ResponseError) {
    if (!isWorthRetrying(root.status)) return { kind: 'answered' };
    const { retryAfter } = root;
    return root.status === 429 || retryAfter !== undefined ? { kind: 'throttled', retryAfter } : { kind: 'failing' };
  }
  if (root.code === 'throttled') return { kind: 'throttled', retryAfter: undefined };
  // A time-out of our own deadlines has no cause. `slow-hosts.ts` counts those.
  const isStalled = root.code === 'timeout' && root.cause !== undefined;
  return isStalled || root.code === 'network' || root.code === 'tls' ? { kind: 'unreachable' } : { kind: 'answered' };
}
