import type { Token } from './token.ts';

/** A token for some scopes. */
export interface CachedToken {
  readonly scopes: readonly string[];
  readonly value: string;
  /** False: it was fetched for this request, so fetching it again doesn't help. */
  readonly fromCache: boolean;
}

/** The tokens of one registry. */
export interface TokenCache {
  /** The cached token while it is valid, or else a new one. Concurrent calls share one request. */
  get(scopes: readonly string[], fetch: () => Promise<Token>): Promise<CachedToken>;
  /** Removes a token that the registry rejected, unless it was replaced meanwhile. */
  forget(token: CachedToken): void;
}

export function createTokens(): TokenCache {
  const cached = new Map<string, Token>();
  const pending = new Map<string, Promise<Token>>();
  const fetchAndCache = async (key: string, fetch: () => Promise<Token>): Promise<Token> => {
    try {
      const token = await fetch();
      cached.set(key, token);
      return token;
    } finally {
      pending.delete(key);
    }
  };
  return {
    async get(scopes, fetch) {
      const key = scopes.join(' ');
      const token = cached.get(key);
      if (token && Date.now() < token.renewAfter) return { scopes, value: token.value, fromCache: true };
      const request = pending.get(key) ?? fetchAndCache(key, fetch);
      pending.set(key, request);
      return { scopes, value: (await request).value, fromCache: false };
    },
    forget(token) {
      const key = token.scopes.join(' ');
      if (cached.get(key)?.value === token.value) cached.delete(key);
    },
  };
}
