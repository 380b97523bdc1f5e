/** Entry of the Git configuration with its scope: `system`, `global`, `local`, `worktree`, or `command`. */
export interface ConfigEntry {
  readonly scope: string;
  readonly key: string;
  readonly value: string;
}

/** A multi-valued key: an empty value clears the previous ones (gitcredentials). */
const helper = /^credential\.(.+\.)?helper$/;

/**
 * Keys that make Git start a program, with a value that starts none (git-config). Only keys that the used commands
 * read. Subsections have arbitrary names, so a fixed list of options is not enough.
 */
const commandKeys: readonly (readonly [key: RegExp, safeValue: string])[] = [
  [helper, ''],
  [/^core\.sshcommand$/, 'ssh'],
  [/^core\.(askpass|gitproxy|alternaterefscommand)$/, ''],
  [/^filter\..+\.(smudge|process)$/, ''],
  // A required filter without a program is an error.
  [/^filter\..+\.required$/, 'false'],
  // Hooks in the configuration (newer Git releases).
  [/^hook\..+\.enabled$/, 'false'],
];

/** Git uses the first value, so `-c` cannot override it for lazy fetches of a partial clone. */
const refusedKeys = /^remote\..+\.uploadpack$/;

/** Scopes that the content of the checkout controls. The others belong to the user. */
const checkoutScopes: ReadonlySet<string> = new Set(['local', 'worktree']);

/**
 * Options for `-c` that disable programs from the configuration of the checkout and restore those of the user. Or the
 * key that cannot be disabled.
 */
export function overridesOf(
  entries: readonly ConfigEntry[],
): { readonly settings: readonly string[] } | { readonly refused: string } {
  const own = entries.filter(({ scope }) => !checkoutScopes.has(scope));
  const fromCheckout = [...entries, ...hooksOf(entries)].filter(({ scope }) => checkoutScopes.has(scope));
  const settings: string[] = [];
  let emptied = false;
  for (const key of new Set(fromCheckout.map((entry) => entry.key))) {
    if (refusedKeys.test(key)) return { refused: key };
    const safeValue = commandKeys.find(([form]) => form.test(key))?.[1];
    if (safeValue === undefined) continue;
    // `-c` would split the key at this character.
    if (key.includes('=')) return { refused: key };
    if (helper.test(key)) emptied = true;
    else settings.push(`${key}=${own.findLast((entry) => entry.key === key)?.value ?? safeValue}`);
  }
  if (!emptied) return { settings };
  const helpers = own.filter(({ key }) => helper.test(key));
  const refused = helpers.find(({ key }) => key.includes('='))?.key;
  if (refused !== undefined) return { refused };
  return { settings: [...settings, 'credential.helper=', ...helpers.map(({ key, value }) => `${key}=${value}`)] };
}

/** `hook.<name>.command` is disabled by `hook.<name>.enabled`. */
function hooksOf(entries: readonly ConfigEntry[]): readonly ConfigEntry[] {
  return entries.flatMap((entry) => {
    const name = /^(hook\..+)\.command$/.exec(entry.key)?.[1];
    return name === undefined ? [] : [{ ...entry, key: `${name}.enabled` }];
  });
}

/** Parses `git config --list --show-scope -z`. Undefined if malformed. */
export function readConfigEntries(text: string): readonly ConfigEntry[] | undefined {
  const parts = text.split('\0');
  const entries: ConfigEntry[] = [];
  for (let at = 0; at + 1 < parts.length; at += 2) {
    const [scope = '', entry = ''] = [parts[at], parts[at + 1]];
    if (!/^[a-z]+$/.test(scope)) return undefined;
    // A key without a value (`[core] fsmonitor`) has no line feed and means true.
    const end = entry.indexOf('\n');
    entries.push(
      end < 0 ? { scope, key: entry, value: 'true' } : { scope, key: entry.slice(0, end), value: entry.slice(end + 1) },
    );
  }
  return entries;
}
