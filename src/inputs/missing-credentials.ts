import { ChartImagesError } from '../core/errors.ts';
import type { InputCredential } from '../registry/credentials/input-provider.ts';
import { isMacro, unfilledAdvice, unfilledCause } from '../registry/credentials/unfilled-macro.ts';
import type { InputHost } from './input.ts';

/** What a host left in place of a user name or a password. */
export type UnfilledPart = { readonly host: 'github' } | { readonly host: 'azure'; readonly variable: string };

/**
 * The part that the host of the run did not fill in. GitHub replaces a secret that the run does not have by nothing,
 * so a part is missing; `host none` is complete. Undefined if the line is complete, and on other hosts.
 */
export function unfilledPart(
  [username, password]: readonly [string | undefined, string | undefined],
  on: InputHost | undefined,
): UnfilledPart | undefined {
  if (on === 'azure') {
    const variable = [username, password].find((part) => part !== undefined && isMacro(part));
    return variable === undefined ? undefined : { host: 'azure', variable };
  }
  const isIncomplete = username === undefined || (password === undefined && username !== 'none');
  return on === 'github' && isIncomplete ? { host: 'github' } : undefined;
}

/** One line for each registry that is accessed anonymously although the run has credentials for it. */
export function missingNotes(credentials: readonly InputCredential[]): readonly string[] {
  return credentials.flatMap((each) =>
    'missing' in each ? [`${each.missing.message} It is accessed anonymously. ${each.missing.advice}`] : [],
  );
}

/** The error of an access for which the registry requires the credentials. */
export function missingCredential(registry: string, unfilled: UnfilledPart): ChartImagesError {
  return new ChartImagesError('unauthorized', `Cannot log in to ${registry}: ${causeOf(unfilled)}.`, {
    advice: advice[unfilled.host],
  });
}

function causeOf(unfilled: UnfilledPart): string {
  return unfilled.host === 'azure'
    ? unfilledCause(unfilled.variable)
    : 'the user name or the password in registry-credentials is empty in this run';
}

const advice = {
  github:
    'Pull requests from forks have no secrets, and those of Dependabot have only its own: set fail-on: absent for them. In other runs, check the names of the secrets.',
  azure: unfilledAdvice,
} as const;
