/** Files and folders of tools in a checkout, or in the home folder of a runner. Most contain passwords or tokens. */
const privateNames: readonly (readonly [RegExp, string])[] = [
  [/^\.(git|hg|svn)$/, 'version control; actions/checkout keeps the token of the job in .git/config'],
  [/^\.(git-credentials|gitconfig|netrc)$|^_netrc$/, 'logins of git, curl and others that fetch'],
  // `.env.yaml` is a values file, not an environment file.
  [/^\.env(rc)?$|^\.env\.(?!ya?ml$)[^.]+$/, 'environment files, where tools keep passwords'],
  [
    /^\.(npmrc|yarnrc|yarnrc\.yml|pypirc|pip|nuget|m2|gradle|cargo|gem|bundle|composer)$/,
    'logins at package registries',
  ],
  [/^\.(docker|dockercfg|kube|minikube)$/, 'logins at container registries and clusters'],
  [/^\.(ssh|gnupg|pki|password-store)$/, 'private keys'],
  [/^\.(azure|aws|gcloud|boto|s3cfg|oci|vault-token)$|^gha-creds-[^/]*\.json$/, 'logins at clouds'],
  [/^\.(terraform|terraformrc|terraform\.d|pulumi)$/, 'state and logins of infrastructure tools'],
  [/^\.(pgpass|my\.cnf|htpasswd)$/, 'passwords of databases and web servers'],
  [/^\.(bash|zsh|python|node_repl|psql|mysql)_history$/, 'commands that people typed, passwords included'],
  [/^\.(credentials|credentials_rsaparams|runner|agent|taskkey)$/, 'keys of self-hosted runners and agents'],
];

/** The first component of a path that is a private name. Undefined if there is none. */
export function privatePart(path: string): string | undefined {
  return path.split(/[/\\]/).find(isPrivateName);
}

export function isPrivateName(name: string): boolean {
  const plain = plainName(name);
  return privateNames.some(([pattern]) => pattern.test(plain));
}

/** `.git`, and the names that file systems of Windows and macOS treat as `.git`. */
export function isVersionControl(name: string): boolean {
  return /^(\.(git|hg|svn)|git~\d+)$/.test(plainName(name));
}

/** Without case, trailing dots and blanks, and streams (`.git::$INDEX_ALLOCATION`), which some file systems ignore. */
function plainName(name: string): string {
  // Whitespace and format characters that HFS+ ignores inside of a name, as git's own check does (CVE-2014-9390).
  const visible = name.replace(/[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g, '');
  return visible
    .toLowerCase()
    .replace(/:.*$/, '')
    .replace(/[. ]+$/, '');
}
