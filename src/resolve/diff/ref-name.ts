/**
 * Reason why a name cannot be a base. Undefined if it can. `-` is a Git option, `+` and `:` form a refspec, `^`
 * excludes, and `*?[\` are patterns. Git checks the rest (git-check-ref-format).
 */
export function refNameError(name: string): string | undefined {
  if (name.length > longestName) return `it has more than ${longestName} characters`;
  if (/^[-+^]/.test(name)) return `it begins with "${name.charAt(0)}"`;
  const character = /[\s:*?[\\\p{Cc}]/u.exec(name)?.[0];
  if (character !== undefined) return `it contains ${JSON.stringify(character)}`;
  return name === '' || name.includes('..') ? 'it is not a branch, tag or commit' : undefined;
}

/** Hosts allow 255 bytes for a branch, plus `refs/remotes/origin/`. */
const longestName = 300;
