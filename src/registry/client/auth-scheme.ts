import { ChartImagesError } from '../../core/errors.ts';
import { redactServerText } from '../../core/http/redact.ts';
import type { Challenge } from './challenge.ts';
import { resolveRealm } from './realm.ts';
import type { TokenService } from './token.ts';

/** The authentication that a registry requires. */
export type AuthScheme =
  | { readonly kind: 'open' }
  | { readonly kind: 'basic' }
  | (TokenService & { readonly kind: 'bearer' });

/** Prefers bearer tokens to basic authentication. Throws `registry-answer` if no challenge is supported. */
export function chooseScheme(challenges: readonly Challenge[], registry: URL): AuthScheme {
  const bearer = challenges.find(({ scheme }) => scheme === 'bearer');
  if (bearer) {
    const { realm, service } = bearer.parameters;
    return { kind: 'bearer', realm: resolveRealm(realm ?? '', registry), namedBy: registry, service };
  }
  if (challenges.some(({ scheme }) => scheme === 'basic')) return { kind: 'basic' };
  const offered = challenges.map(({ scheme }) => scheme).join(', ') || 'nothing';
  throw new ChartImagesError(
    'registry-answer',
    `Cannot authenticate to ${registry.host}: it offers ${redactServerText(offered)}, and only Bearer and Basic are supported.`,
    { advice: 'Check that this is a container registry.' },
  );
}
