import type { ChartImagesError } from '../../core/errors.ts';

/** A credential for a registry, or none for anonymous access. */
export type Credential =
  /** `reason`: why an expected credential is missing. */
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
      /** For messages. */
      readonly identity: string;
    };

/** Tokens that users set as user name by mistake. */
const tokenLike = /^(gh[a-z]_|github_pat_|glpat-|dckr_|eyJ)/;

/** Characters of a GUID. A longer user name may be a secret. */
const maximumUserName = 36;

/** The owner of a credential, for messages. Undefined if unknown, or if the user name may be a secret. */
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
      const isName =
        username.length <= maximumUserName && !tokenLike.test(username) && username !== credential.password;
      return identity ?? (isName ? `the user ${username}` : undefined);
    }
  }
}

export const noCredential: Credential = { kind: 'none' };

/** Whether both have the same secret. */
export function isSameCredential(one: Credential, other: Credential): boolean {
  return one === other || (one.kind === other.kind && secretVariants(one).join() === secretVariants(other).join());
}

/** All encodings of a credential in requests and responses, which must be masked. */
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

/** base64(user:password), after "Basic " in the header (RFC 7617). */
export function encodeBasic(username: string, password: string): string {
  return Buffer.from(`${username}:${password}`).toString('base64');
}

function variants(secret: string, ...derived: readonly string[]): readonly string[] {
  if (secret === '') return [];
  // Lone surrogates, possible in JSON but not in a URL, become U+FFFD, as in a request.
  return [...new Set([secret, encodeURIComponent(Buffer.from(secret).toString()), ...derived])];
}
