import type { HttpResponse } from './response.ts';

/** Tokens are good from and to a second; servers allow for five minutes (RFC 7519 calls it leeway, Entra's is this). */
const leewayMinutes = 5;

/**
 * The advice for who was refused because his clock is wrong: tokens then are too old or from the future. Undefined where the
 * server's own clock (`Date`) does not tell so.
 */
export function clockSkewAdvice({ status, headers }: HttpResponse, now: number): string | undefined {
  if (status !== 401) return undefined;
  const minutes = Math.round((now - Date.parse(headers['date'] ?? '')) / 60_000);
  if (Number.isNaN(minutes) || Math.abs(minutes) <= leewayMinutes) return undefined;
  return `The clock of this machine is ${Math.abs(minutes)} minutes ${minutes < 0 ? 'behind' : 'ahead of'} the server's: set it right and run again.`;
}
