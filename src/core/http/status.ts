import type { ErrorCode } from '../errors.ts';

/** What a final status that is no success means. */
export function errorCodeForStatus(status: number): ErrorCode {
  switch (status) {
    case 401:
      return 'unauthorized';
    case 403:
      return 'denied';
    case 404:
      return 'not-found';
    case 408:
    case 504:
      return 'timeout';
    case 429:
      return 'throttled';
    default:
      return 'registry-answer';
  }
}

/** One sentence for each: what the reader can do. */
export function adviceForStatus(status: number): string {
  switch (status) {
    case 401:
      return 'Give credentials in registry-credentials, or log in before this step.';
    case 403:
      return 'Ask for the permission, or use other credentials.';
    case 404:
      return 'Check the name.';
    case 429:
      return 'Log in to get a higher limit, lower concurrency, or try again later.';
    default:
      return status >= 500
        ? 'Try again later; if it stays, ask the operator of the server.'
        : 'Check that this is the server you mean, or ask its operator.';
  }
}
