import { ChartImagesError } from '../../core/errors.ts';
import { redactServerText } from '../../core/http/redact.ts';
import type { Challenge } from './challenge.ts';
import { resolveRealm } from './realm.ts';
import type { TokenService } from './token.ts';

/** How a registry wants to be asked. */
export type AuthScheme =
  | { readonly kind: 'open' }
  | { readonly kind: 'basic' }
  | (TokenService & { readonly kind: 'bearer' });

/** Chooses among a registry's challenges: tokens before passwords. Throws `registry-answer` when none can be met. */
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
    `${registry.host} wants authentication and offers ${redactServerText(offered)}; only bearer tokens and basic are known.`,
    { advice: 'Check that this is a container registry.' },
  );
}
