/** Whether Helm ignores a file or folder, by its path from the chart's root, `/` as separator. */
export type Ignores = (path: string, kind: 'file' | 'folder') => boolean;

/**
 * Parses a .helmignore by the rules of Helm (pkg/ignore): the first matching rule wins, `!` ignores everything that it
 * does not match, and `**` is an error. Invalid text ignores nothing, because Helm reports it.
 */
export function readHelmIgnore(text: string): Ignores {
  const rules = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map(readRule);
  const valid = rules.filter((rule) => rule !== undefined);
  if (valid.length < rules.length) return () => false;
  return (path, kind) => {
    for (const { negated, folderOnly, matches } of valid) {
      const fits = (!folderOnly || kind === 'folder') && matches(path);
      if (fits !== negated) return true;
    }
    return false;
  };
}

interface Rule {
  readonly negated: boolean;
  readonly folderOnly: boolean;
  matches(path: string): boolean;
}

function readRule(line: string): Rule | undefined {
  if (line.includes('**')) return undefined;
  const negated = line.startsWith('!');
  const folderOnly = line.endsWith('/');
  const bare = line.slice(negated ? 1 : 0, folderOnly ? -1 : undefined);
  const pattern = globOf(bare.replace(/^\//, ''));
  if (pattern === undefined) return undefined;
  const isPath = bare.includes('/');
  return {
    negated,
    folderOnly,
    matches: (path) => pattern.test(isPath ? path : path.slice(path.lastIndexOf('/') + 1)),
  };
}

/** Go's filepath.Match: `*`, `?`, `[a-z]`, `[^a-z]`, and escapes with a backslash. Undefined if malformed. */
function globOf(pattern: string): RegExp | undefined {
  const parts = pattern.match(/\[(?:\\.|[^\]\\])+\]|\\.|[\s\S]/gu) ?? [];
  const source = parts.map((part) => {
    if (part === '*') return '[^/]*';
    if (part === '?') return '[^/]';
    if (/^\[.+\]$/u.test(part)) return `(?!/)[${part.slice(1, -1).replace(/[[\]|(){}/]/g, '\\$&')}]`;
    return part.length > 1 ? literal(part.slice(1)) : part === '[' || part === '\\' ? undefined : literal(part);
  });
  if (source.includes(undefined)) return undefined;
  try {
    return new RegExp(`^${source.join('')}$`, 'u');
  } catch {
    return undefined;
  }
}

function literal(character: string): string {
  return character.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
