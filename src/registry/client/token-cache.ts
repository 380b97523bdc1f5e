import type { Token } from './token.ts';

/** A token that was got for some scopes. */
export interface CachedToken {
  readonly scopes: readonly string[];
  readonly value: string;
  /** `new` was fetched for this request, so fetching again would not help. */
  readonly age: 'new' | 'kept';
}

/** The tokens of one registry. */
export interface TokenCache {
  /** The kept token while it is good; else a fetched one, with a single request however many ask at once. */
  get(scopes: readonly string[], fetch: () => Promise<Token>): Promise<CachedToken>;
  /** Drops a token that the registry no longer takes, unless it was replaced meanwhile. */
  forget(token: CachedToken): void;
}

export function createTokens(): TokenCache {
  const kept = new Map<string, Token>();
  const flights = new Map<string, Promise<Token>>();
  const fetchAndKeep = async (key: string, fetch: () => Promise<Token>): Promise<Token> => {
    try {
      const token = await fetch();
      kept.set(key, token);
      return token;
    } finally {
      flights.delete(key);
    }
  };
  return {
    async get(scopes, fetch) {
      const key = scopes.join(' ');
      const token = kept.get(key);
      if (token && Date.now() < token.renewAfter) return { scopes, value: token.value, age: 'kept' };
      const flight = flights.get(key) ?? fetchAndKeep(key, fetch);
      flights.set(key, flight);
      return { scopes, value: (await flight).value, age: 'new' };
    },
    forget(token) {
      const key = token.scopes.join(' ');
      if (kept.get(key)?.value === token.value) kept.delete(key);
    },
  };
}
