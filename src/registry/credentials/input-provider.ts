import type { ChartImagesError } from '../../core/errors.ts';
import { type Credential, noCredential } from './credential.ts';
import { hostFromKey } from './docker-config.ts';
import { type CredentialProvider, describeCredential, type LookupResult, notFound } from './docker-config-provider.ts';

/**
 * A line of `registry-credentials`: a user name and password, or `none` for anonymous access. `missing`: the host of
 * the run did not provide them (a pull request from a fork), so the access is anonymous, and this is its error.
 */
export type InputCredential = { readonly host: string } & (
  | { readonly username: string; readonly password: string }
  | { readonly username: 'none'; readonly password?: undefined }
  | { readonly missing: ChartImagesError }
);

export function inputProvider(logins: readonly InputCredential[]): CredentialProvider {
  const results = new Map(logins.map((login) => [hostFromKey(login.host), resultOf(login)]));
  const lookUp = async (host: string): Promise<LookupResult> =>
    results.get(host) ?? notFound('no line for this registry');
  return { name: 'registry-credentials', lookUp };
}

function resultOf(login: InputCredential): LookupResult {
  if ('missing' in login) {
    return { credential: { kind: 'none', reason: login.missing }, detail: 'missing in this run', ends: 'search' };
  }
  if (login.password === undefined) return { credential: noCredential, detail: 'none, as configured', ends: 'search' };
  const credential: Credential = { kind: 'basic', username: login.username, password: login.password };
  return { credential, detail: describeCredential(credential) };
}
