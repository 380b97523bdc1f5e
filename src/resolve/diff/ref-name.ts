/**
 * Why a name cannot be the base of a run; undefined if it can. The same rule holds for the input and for what hosts and events
 * say: a leading `-` is an option to git, `+` and `:` make a refspec, `^` excludes, and `*`, `?`, `[` and `\` are patterns.
 * The rest is for git to decide (git-check-ref-format).
 */
export function refNameFault(name: string): string | undefined {
  if (name.length > longestName) return `it has more than ${longestName} characters`;
  if (/^[-+^]/.test(name)) return `it begins with "${name.charAt(0)}"`;
  const character = /[\s:*?[\\\p{Cc}]/u.exec(name)?.[0];
  if (character !== undefined) return `it contains ${JSON.stringify(character)}`;
  return name === '' || name.includes('..') ? 'it is not a branch, tag or commit' : undefined;
}

/** Hosts allow 255 bytes for the name of a branch; `refs/remotes/origin/` comes before it. */
const longestName = 300;
