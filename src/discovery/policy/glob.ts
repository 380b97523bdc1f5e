type Token = { readonly kind: 'text'; readonly character: string } | { readonly kind: 'star' | 'double-star' };

/**
 * Compiles a pattern: `*` matches any characters in a component, `**` any characters. Components end at `separators`.
 * The whole text must match, with case. Follows all states in parallel, so the time is at most the product of the
 * lengths.
 */
export function compileGlob(pattern: string, separators: string): (text: string) => boolean {
  const tokens = tokensOf(pattern);
  /** Adds a state, and the states after it that need no character. */
  const enter = (states: Set<number>, at: number): void => {
    for (let next = at; !states.has(next); next += 1) {
      states.add(next);
      const token = tokens[next];
      if (token === undefined || token.kind === 'text') return;
    }
  };
  return (text) => {
    let states = new Set<number>();
    enter(states, 0);
    for (const character of text) {
      const reached = new Set<number>();
      for (const at of states) {
        const token = tokens[at];
        if (token === undefined) continue;
        if (token.kind === 'text') {
          if (token.character === character) enter(reached, at + 1);
        } else if (token.kind === 'double-star' || !separators.includes(character)) enter(reached, at);
      }
      if (reached.size === 0) return false;
      states = reached;
    }
    return states.has(tokens.length);
  };
}

function tokensOf(pattern: string): readonly Token[] {
  return [...pattern.matchAll(/\*\*+|\*|[^*]/gsu)].map(([piece]): Token => {
    if (piece === '*') return { kind: 'star' };
    return piece.startsWith('*') ? { kind: 'double-star' } : { kind: 'text', character: piece };
  });
}

/**
 * A pattern for references, with components separated by `/`. Without a tag or digest, it matches all of them:
 * `docker.io/library/busybox` is every version.
 */
export function compileImageGlob(pattern: string): (image: string) => boolean {
  const matches = compileGlob(pattern, '/');
  const name = pattern.slice(pattern.lastIndexOf('/') + 1);
  if (/[:@]/.test(name)) return matches;
  return (image) => matches(image) || matches(withoutVersion(image));
}

function withoutVersion(image: string): string {
  const [named = ''] = image.split('@', 1);
  const colon = named.indexOf(':', named.lastIndexOf('/') + 1);
  return colon < 0 ? named : named.slice(0, colon);
}

/** A pattern for YAML paths. Components are keys and indices, so `containers[*]` is every item. */
export function compilePathGlob(pattern: string): (path: string) => boolean {
  return compileGlob(pattern, '.[]');
}
