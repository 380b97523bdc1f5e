import * as v from 'valibot';
import { ChartImagesError } from '../errors.ts';
import { canonicalRegistry, dockerHub } from '../image/location.ts';
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

/** The part of docker's config.json that tells of credentials (docker/cli, cli/config/configfile). */
export type DockerConfig = v.InferOutput<typeof configShape>;

/** Docker Hub's key in docker's files and helpers; it names the first version of the API for historical reasons. */
const dockerHubKey = 'https://index.docker.io/v1/';

/** Reads the text of a config.json. Errors (`syntax`, `schema`) never quote it: it holds passwords. */
export function parseDockerConfig(text: string, file: string): DockerConfig {
  const place = { file };
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // Without the parser's own words and without a cause: both hold a piece of the text.
    throw new ChartImagesError('syntax', `${file} is not valid JSON.`, {
      advice: 'Log in again to rewrite it.',
      place,
    });
  }
  const result = v.safeParse(configShape, json);
  if (result.success) return result.output;
  const path = result.issues[0].path?.map((item) => String(item.key)).join('.') ?? 'the whole';
  throw new ChartImagesError('schema', `${file} is no configuration of docker: "${path}" has another type.`, {
    advice: 'Log in again to rewrite it.',
    place,
  });
}

/** How docker's helpers name a registry. */
export function serverKey(host: string): string {
  return host === dockerHub ? dockerHubKey : host;
}

/** The helper that the file names for this very host. */
export function helperFor(config: DockerConfig, host: string): string | undefined {
  return lookUp(config.credHelpers, host);
}

/** The credential that stands in the file itself. Throws `schema` when the host's entry can not be read. */
export function credentialInFile(config: DockerConfig, host: string, file: string): Credential {
  const entry = lookUp(config.auths, host);
  if (entry === undefined) return noCredential;
  if (entry.identitytoken !== '') return { kind: 'identity-token', token: entry.identitytoken };
  if (entry.registrytoken !== '') return { kind: 'registry-token', token: entry.registrytoken };
  const basic = entry.auth === '' ? entry : decodeAuth(entry.auth);
  if (basic === undefined) {
    throw new ChartImagesError('schema', `The entry of ${host} in ${file} is not base64 of "user:password".`, {
      advice: `Log in to ${host} again to rewrite it.`,
      place: { file },
    });
  }
  const { username, password } = basic;
  // Docker leaves an empty entry for a host whose credential is kept by a helper.
  return username === '' && password === '' ? noCredential : { kind: 'basic', username, password };
}

/** The exact key first, then any other spelling of the same host. */
function lookUp<T>(byKey: Readonly<Record<string, T>>, host: string): T | undefined {
  const exact = Object.hasOwn(byKey, serverKey(host)) ? byKey[serverKey(host)] : undefined;
  return exact ?? Object.entries(byKey).find(([key]) => hostOfKey(key) === host)?.[1];
}

/**
 * `https://host/v1/`, `host/v2`, `host` → host. Podman's keys with a namespace are for other paths than the whole host,
 * so they are none.
 */
export function hostOfKey(key: string): string | undefined {
  const match = /^(?:https?:\/\/)?([^/]+)(?:\/(?:v[12]\/?)?)?$/.exec(key.trim());
  return match?.[1] === undefined ? undefined : canonicalRegistry(match[1]);
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
