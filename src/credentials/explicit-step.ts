import { type Credential, noCredential } from './credential.ts';
import { hostOfKey } from './docker-config.ts';
import { type Finding, kindOf, nothing, type Step } from './login-step.ts';

/** A line of `registry-credentials`: who the run is to a registry, or that it asks as nobody whatever is found elsewhere. */
export type ExplicitLogin = { readonly host: string } & (
  | { readonly username: string; readonly password: string }
  | { readonly username: 'none'; readonly password?: undefined }
);

export function explicitStep(logins: readonly ExplicitLogin[]): Step {
  const findings = new Map(logins.map((login) => [hostOfKey(login.host), findingOf(login)]));
  const look = async (host: string): Promise<Finding> => findings.get(host) ?? nothing('no line for this registry');
  return { name: 'registry-credentials', look };
}

function findingOf(login: ExplicitLogin): Finding {
  if (login.password === undefined) return { credential: noCredential, words: 'none, by its line', ends: 'search' };
  const credential: Credential = { kind: 'basic', username: login.username, password: login.password };
  return { credential, words: kindOf(credential) };
}
