type Token = { readonly kind: 'text'; readonly character: string } | { readonly kind: 'star' | 'double-star' };

/**
 * Compiles a pattern: `*` stands for any characters within a component, `**` for any characters at all, everything else
 * for itself. Components end at the `separators`. The whole text has to match, upper and lower case count.
 *
 * All states are followed at once, so that a text costs its length times the pattern's, whatever a chart writes.
 */
export function compileGlob(pattern: string, separators: string): (text: string) => boolean {
  const tokens = tokensOf(pattern);
  /** Adds a state and those reached from it without a character. */
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
 * A pattern of references. Components end at `/`. One without a tag and digest of its own matches the image with any:
 * `docker.io/library/busybox` is every version of it.
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

/** A pattern of YAML paths: components are keys and indices, so `containers[*]` is every item. */
export function compilePathGlob(pattern: string): (path: string) => boolean {
  return compileGlob(pattern, '.[]');
}
