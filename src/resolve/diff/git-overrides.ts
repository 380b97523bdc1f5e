/** One entry of git's configuration, its key as git prints it, with where it was read: `system`, `global`, `local`, `worktree` or `command`. */
export interface ConfigEntry {
  readonly scope: string;
  readonly key: string;
  readonly value: string;
}

/** Several values of it are all used, and an empty one takes back those before it (gitcredentials). */
const helper = /^credential\.(.+\.)?helper$/;

/**
 * Keys with which a checkout makes git start a program, and the value that starts none (git-config; only those that the
 * commands of this run read). Keys of a subsection have any name in between, which is why no fixed list of options can do.
 */
const commandKeys: readonly (readonly [key: RegExp, safeValue: string])[] = [
  [helper, ''],
  [/^core\.sshcommand$/, 'ssh'],
  [/^core\.(askpass|gitproxy|alternaterefscommand)$/, ''],
  [/^filter\..+\.(smudge|process)$/, ''],
  // A required filter that starts nothing would be an error.
  [/^filter\..+\.required$/, 'false'],
  // Hooks that newer releases read from the configuration.
  [/^hook\..+\.enabled$/, 'false'],
];

/** Git takes the first value of it, so that the command line cannot override it for what a partial clone fetches by itself. */
const refusedKeys = /^remote\..+\.uploadpack$/;

/** Scopes that whoever can write into the checkout decides; the others are the user's own. */
const checkoutScopes: ReadonlySet<string> = new Set(['local', 'worktree']);

/**
 * What `-c` has to say so that nothing is started that only the checkout's configuration names, and what the user's own
 * configuration says holds again; or the key that no `-c` can switch off.
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
    // What comes after it would be taken for the value.
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

/** `hook.<name>.command` names a program, and `enabled` is what turns it off. */
function hooksOf(entries: readonly ConfigEntry[]): readonly ConfigEntry[] {
  return entries.flatMap((entry) => {
    const name = /^(hook\..+)\.command$/.exec(entry.key)?.[1];
    return name === undefined ? [] : [{ ...entry, key: `${name}.enabled` }];
  });
}

/** Reads what `git config --list --show-scope -z` prints; undefined if it is not that. */
export function readConfigEntries(text: string): readonly ConfigEntry[] | undefined {
  const parts = text.split('\0');
  const entries: ConfigEntry[] = [];
  for (let at = 0; at + 1 < parts.length; at += 2) {
    const [scope = '', entry = ''] = [parts[at], parts[at + 1]];
    if (!/^[a-z]+$/.test(scope)) return undefined;
    // A key without a value (`[core] fsmonitor`) has no line end after it and means true.
    const end = entry.indexOf('\n');
    entries.push(
      end < 0 ? { scope, key: entry, value: 'true' } : { scope, key: entry.slice(0, end), value: entry.slice(end + 1) },
    );
  }
  return entries;
}
