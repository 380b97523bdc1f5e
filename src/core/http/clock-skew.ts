import type { HttpResponse } from './response.ts';

/** Tokens are valid to the second. Servers tolerate a leeway (RFC 7519), in Microsoft Entra ID five minutes. */
const leewayMinutes = 5;

/**
 * The advice for a 401 because of a wrong clock, which makes tokens expired or not yet valid. Undefined if the `Date`
 * header shows no such difference.
 */
export function clockSkewAdvice({ status, headers }: HttpResponse, now: number): string | undefined {
  if (status !== 401) return undefined;
  const minutes = Math.round((now - Date.parse(headers['date'] ?? '')) / 60_000);
  if (Number.isNaN(minutes) || Math.abs(minutes) <= leewayMinutes) return undefined;
  return `The clock of this machine is ${Math.abs(minutes)} minutes ${minutes < 0 ? 'behind' : 'ahead of'} the server's. Correct it and run again.`;
}
