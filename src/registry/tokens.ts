import type { Token } from './token.ts';

/** A token that was got for some scopes. */
export interface KnownToken {
  readonly scopes: readonly string[];
  readonly value: string;
  /** `new` was fetched for whoever asked just now, so fetching again would not help him. */
  readonly age: 'new' | 'kept';
}

/** The tokens of one registry. */
export interface Tokens {
  /** The kept token while it is good; else a fetched one, with a single request however many ask at once. */
  get(scopes: readonly string[], fetch: () => Promise<Token>): Promise<KnownToken>;
  /** Drops a token that the registry no longer takes, unless it was replaced meanwhile. */
  forget(token: KnownToken): void;
}

export function createTokens(): Tokens {
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
