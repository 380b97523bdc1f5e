import type { ChartImagesError } from '../../core/errors.ts';

/** What a registry is asked with. Nothing is a value too: most registries give public images to everyone. */
export type Credential =
  /** `because`: there should be one, and this is why there is none. */
  | { readonly kind: 'none'; readonly reason?: ChartImagesError }
  | { readonly kind: 'basic'; readonly username: string; readonly password: string; readonly identity?: string }
  /** A refresh token, to be exchanged at the registry's token endpoint (docker's `identitytoken`). */
  | { readonly kind: 'identity-token'; readonly token: string; readonly identity?: string }
  /** A bearer token that is ready for the registry (docker's `registrytoken`). */
  | { readonly kind: 'registry-token'; readonly token: string }
  /** A token of Microsoft Entra ID, to be exchanged at the registry's `/oauth2/exchange`. */
  | {
      readonly kind: 'azure-access-token';
      readonly token: string;
      /** Whose, for messages. */
      readonly identity: string;
    };

/** Forms of tokens that people put where a user name belongs. */
const tokenLike = /^(gh[a-z]_|github_pat_|glpat-|dckr_|eyJ)/;

/** Longer ones than a GUID may be anything. */
const longestUser = 36;

/** Whose a credential is, for messages; undefined where nothing can be said without showing it. */
export function describeIdentity(credential: Credential): string | undefined {
  switch (credential.kind) {
    case 'none':
    case 'registry-token':
      return undefined;
    case 'azure-access-token':
    case 'identity-token':
      return credential.identity;
    case 'basic': {
      const { username, identity } = credential;
      const isName = username.length <= longestUser && !tokenLike.test(username) && username !== credential.password;
      return identity ?? (isName ? `the user ${username}` : undefined);
    }
  }
}

export const noCredential: Credential = { kind: 'none' };

/** Every form in which a credential may appear in a request or an answer; all of them have to be masked. */
export function secretVariants(credential: Credential): readonly string[] {
  switch (credential.kind) {
    case 'none':
      return [];
    case 'basic': {
      const { username, password } = credential;
      return variants(password, encodeBasic(username, password));
    }
    case 'identity-token':
    case 'registry-token':
    case 'azure-access-token':
      return variants(credential.token);
  }
}

/** base64(user:password), what follows "Basic " (RFC 7617). */
export function encodeBasic(username: string, password: string): string {
  return Buffer.from(`${username}:${password}`).toString('base64');
}

function variants(secret: string, ...derived: readonly string[]): readonly string[] {
  if (secret === '') return [];
  // Lone surrogates, which a JSON file may hold and a URL cannot, become U+FFFD, as they do when they are sent.
  return [...new Set([secret, encodeURIComponent(Buffer.from(secret).toString()), ...derived])];
}
