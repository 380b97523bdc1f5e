import type { ErrorCode } from '../errors.ts';

/** The error code for a status that is not a success. */
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

/** The advice for a status that is not a success. */
export function adviceForStatus(status: number): string {
  switch (status) {
    case 401:
      return 'Set credentials in registry-credentials, or log in before this step.';
    case 403:
      return 'Request the permission, or use other credentials.';
    case 404:
      return 'Check the name.';
    case 429:
      return 'Log in to get a higher limit, lower concurrency, or try again later.';
    default:
      return status >= 500
        ? 'Try again later. If the problem persists, ask the operator of the server.'
        : 'Check that this is the correct server, or ask its operator.';
  }
}
