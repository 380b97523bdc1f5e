import * as v from 'valibot';
import { ChartImagesError } from '../../core/errors.ts';
import { canonicalRegistry, dockerHub } from '../../core/oci/registry-reference.ts';
import { type Credential, noCredential } from './credential.ts';

const text = v.pipe(
  v.nullish(v.string(), ''),
  v.transform((value) => value ?? ''),
);

const entryShape = v.object({
  auth: text,
  username: text,
  password: text,
  identitytoken: text,
  registrytoken: text,
});

type Entry = v.InferOutput<typeof entryShape>;

// Entries are checked when they are used: a wrong one of another host must not matter.
const entries = v.pipe(
  v.nullish(v.record(v.string(), v.unknown()), {}),
  v.transform((value) => value ?? {}),
);

const configShape = v.object({ auths: entries, credHelpers: entries, credsStore: text });

/**
 * The keys for credentials in docker's config.json (docker/cli, cli/config/configfile) and in the auth.json of
 * containers.
 */
export type DockerConfig = v.InferOutput<typeof configShape>;

/** The key of Docker Hub in files and helpers of docker, with the first API version for historical reasons. */
const dockerHubServer = 'https://index.docker.io/v1/';

/** The source of a configuration text. */
export interface ConfigSource {
  /** For messages: a path, or the name of a variable. */
  readonly name: string;
  /** Undefined for a variable. */
  readonly file: string | undefined;
}

/** Throws `syntax` or `schema`, without the text, which contains passwords. */
export function parseDockerConfig(text: string, source: ConfigSource): DockerConfig {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // Without the cause, which quotes the text.
    throw new ChartImagesError(
      'syntax',
      `Cannot read ${source.name}: it is not valid JSON.`,
      syntaxErrorDetails(source),
    );
  }
  const result = v.safeParse(configShape, json);
  if (result.success) return result.output;
  throw wrongType(result.issues[0].path?.map((item) => String(item.key)).join('.') ?? 'the document', source);
}

function wrongType(path: string, source: ConfigSource): ChartImagesError {
  const message = `Cannot read ${source.name} as a docker configuration: "${path}" has the wrong type.`;
  return new ChartImagesError('schema', message, syntaxErrorDetails(source));
}

function syntaxErrorDetails({ name, file }: ConfigSource) {
  return file === undefined
    ? { advice: `Set ${name} to {"auths": {"host": {"auth": "base64 of user:password"}}}, or remove it.` }
    : { advice: 'Log in again to rewrite it.', location: { file } };
}

/** The name of a registry for docker's helpers. */
export function helperServerUrl(host: string): string {
  return host === dockerHub ? dockerHubServer : host;
}

/** The helper that is configured for this host. Throws `schema` if it is not a text. */
export function helperFor(config: DockerConfig, source: ConfigSource, host: string): string | undefined {
  const [key] = matchingKeys(config.credHelpers, host, undefined);
  const helper = key === undefined ? undefined : config.credHelpers[key];
  if (helper === undefined || helper === null) return undefined;
  if (typeof helper !== 'string') throw wrongType(`credHelpers.${key}`, source);
  return helper;
}

export interface FileLogin {
  readonly key: string;
  readonly credential: Credential;
}

/** The credential in the file for a repository, or for the whole host. Throws `schema` if the entry is invalid. */
export function credentialInFile(
  config: DockerConfig,
  source: ConfigSource,
  host: string,
  repository: string | undefined,
): FileLogin | undefined {
  for (const key of matchingKeys(config.auths, host, repository)) {
    const entry = config.auths[key] ?? {};
    const read = v.safeParse(entryShape, entry);
    if (!read.success) {
      const path = read.issues[0].path?.map((item) => String(item.key)) ?? [];
      throw wrongType(['auths', key, ...path].join('.'), source);
    }
    const credential = credentialOf(read.output, key, source);
    if (credential.kind !== 'none') return { key, credential };
  }
  return undefined;
}

function credentialOf(entry: Entry, key: string, source: ConfigSource): Credential {
  if (entry.identitytoken !== '') return { kind: 'identity-token', token: entry.identitytoken };
  if (entry.registrytoken !== '') return { kind: 'registry-token', token: entry.registrytoken };
  const basic = entry.auth === '' ? entry : decodeAuth(entry.auth);
  if (basic === undefined) {
    const message = `Cannot read the entry of ${key} in ${source.name}: it is not base64 of "user:password".`;
    throw new ChartImagesError('schema', message, syntaxErrorDetails(source));
  }
  const { username, password } = basic;
  // Docker writes an empty entry for a host whose credential is in a helper.
  return username === '' && password === '' ? noCredential : { kind: 'basic', username, password };
}

/**
 * The keys that match a repository, the most specific first (containers-auth.json(5)): the repository, its namespaces,
 * the host as docker writes it, other spellings of the host.
 */
function matchingKeys(byKey: Readonly<Record<string, unknown>>, host: string, repository: string | undefined) {
  const spelling = (key: string) => (key === helperServerUrl(host) ? 0 : 1);
  const within = (path: string) => path === '' || `${repository ?? ''}/`.startsWith(`${path}/`);
  return Object.keys(byKey)
    .flatMap((key) => {
      const of = repositoryFromKey(key);
      return of?.host === host && within(of.path) ? [{ key, path: of.path }] : [];
    })
    .sort((a, b) => b.path.length - a.path.length || spelling(a.key) - spelling(b.key))
    .map(({ key }) => key);
}

/** The host of `https://host/v1/`, `host/v2` or `host`. Undefined for the key of a namespace. */
export function hostFromKey(key: string): string | undefined {
  const repository = repositoryFromKey(key);
  return repository?.path === '' ? repository.host : undefined;
}

/** `host/namespace/repository`, as in podman. `/v1/` and `/v2/` mean the whole host in docker. */
function repositoryFromKey(key: string): { readonly host: string; readonly path: string } | undefined {
  const [, host, path = ''] = /^(?:https?:\/\/)?([^/]+)(?:\/(.*))?$/.exec(key.trim()) ?? [];
  if (host === undefined) return undefined;
  const bare = path.replace(/\/+$/, '');
  return { host: canonicalRegistry(host), path: bare === 'v1' || bare === 'v2' ? '' : bare };
}

/** Old docker clients padded with NUL. */
function decodeAuth(auth: string): Pick<Entry, 'username' | 'password'> | undefined {
  const text = Buffer.from(auth, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 1) return undefined;
  return { username: trimNuls(text.slice(0, colon)), password: trimNuls(text.slice(colon + 1)) };
}

function trimNuls(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && text[start] === '\0') start += 1;
  while (end > start && text[end - 1] === '\0') end -= 1;
  return text.slice(start, end);
}
