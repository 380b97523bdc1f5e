import * as v from 'valibot';
import { ChartImagesError } from '../../core/errors.ts';
import { canonicalRegistry, dockerHub } from '../../core/oci/registry-reference.ts';
import { type Credential, noCredential } from './credential.ts';

const entryShape = v.object({
  auth: v.optional(v.string(), ''),
  username: v.optional(v.string(), ''),
  password: v.optional(v.string(), ''),
  identitytoken: v.optional(v.string(), ''),
  registrytoken: v.optional(v.string(), ''),
});

type Entry = v.InferOutput<typeof entryShape>;

const configShape = v.object({
  auths: v.optional(v.record(v.string(), entryShape), {}),
  credHelpers: v.optional(v.record(v.string(), v.string()), {}),
  credsStore: v.optional(v.string(), ''),
});

/** The keys for credentials in docker's config.json (docker/cli, cli/config/configfile) and in the auth.json of containers. */
export type DockerConfig = v.InferOutput<typeof configShape>;

/** Docker Hub's key in docker's files and helpers; it names the first version of the API for historical reasons. */
const dockerHubServer = 'https://index.docker.io/v1/';

/** Where such a text comes from. */
export interface ConfigSource {
  /** For messages: a path, or the name of a variable. */
  readonly name: string;
  /** Undefined for a variable. */
  readonly file: string | undefined;
}

/** Reads the text of a config.json. Errors (`syntax`, `schema`) never quote it: it holds passwords. */
export function parseDockerConfig(text: string, origin: ConfigSource): DockerConfig {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // Without the parser's own words and without a cause: both hold a piece of the text.
    throw new ChartImagesError('syntax', `${origin.name} is not valid JSON.`, syntaxErrorDetails(origin));
  }
  const result = v.safeParse(configShape, json);
  if (result.success) return result.output;
  const path = result.issues[0].path?.map((item) => String(item.key)).join('.') ?? 'the whole';
  const message = `${origin.name} is no configuration of docker: "${path}" has another type.`;
  throw new ChartImagesError('schema', message, syntaxErrorDetails(origin));
}

function syntaxErrorDetails({ name, file }: ConfigSource) {
  return file === undefined
    ? { advice: `Write ${name} as {"auths": {"host": {"auth": "base64 of user:password"}}}, or leave it out.` }
    : { advice: 'Log in again to rewrite it.', place: { file } };
}

/** How docker's helpers name a registry. */
export function helperServerUrl(host: string): string {
  return host === dockerHub ? dockerHubServer : host;
}

/** The helper that the file names for this very host. */
export function helperFor(config: DockerConfig, host: string): string | undefined {
  const [key] = matchingKeys(config.credHelpers, host, undefined);
  return key === undefined ? undefined : config.credHelpers[key];
}

export interface FileLogin {
  /** Under which it stands. */
  readonly key: string;
  readonly credential: Credential;
}

/**
 * The credential that stands in the file itself for a repository, or for the whole host where none is named. Throws `schema`
 * when the entry cannot be read.
 */
export function credentialInFile(
  config: DockerConfig,
  origin: ConfigSource,
  host: string,
  repository: string | undefined,
): FileLogin | undefined {
  for (const key of matchingKeys(config.auths, host, repository)) {
    const entry = config.auths[key];
    const credential = entry === undefined ? noCredential : credentialOf(entry, key, origin);
    if (credential.kind !== 'none') return { key, credential };
  }
  return undefined;
}

function credentialOf(entry: Entry, key: string, origin: ConfigSource): Credential {
  if (entry.identitytoken !== '') return { kind: 'identity-token', token: entry.identitytoken };
  if (entry.registrytoken !== '') return { kind: 'registry-token', token: entry.registrytoken };
  const basic = entry.auth === '' ? entry : decodeAuth(entry.auth);
  if (basic === undefined) {
    const message = `The entry of ${key} in ${origin.name} is not base64 of "user:password".`;
    throw new ChartImagesError('schema', message, syntaxErrorDetails(origin));
  }
  const { username, password } = basic;
  // Docker leaves an empty entry for a host whose credential is kept by a helper.
  return username === '' && password === '' ? noCredential : { kind: 'basic', username, password };
}

/**
 * The keys that are for a repository, the one that says most first (containers-auth.json(5)): those of the repository and of
 * the namespaces above it, then the host as docker writes it, then any other spelling of the host.
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

/** `https://host/v1/`, `host/v2`, `host` → host; undefined for a key of one namespace. */
export function hostFromKey(key: string): string | undefined {
  const place = repositoryFromKey(key);
  return place?.path === '' ? place.host : undefined;
}

/** `host/namespace/repository` as podman takes it; `/v1/` and `/v2/` are docker's names of the whole host. */
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
