import { ChartImagesError, throwAll } from '../core/errors.ts';
import { endOfObject } from '../core/json-text.ts';
import { isHost } from '../core/oci/reference.ts';
import { canonicalRegistry } from '../core/oci/registry-reference.ts';
import type { InputCredential } from '../registry/credentials/input-provider.ts';
import type { InputHost } from './input.ts';
import { missingCredential, unfilledPart } from './missing-credentials.ts';

/**
 * Reads lines `host username password`, or `host none`. The password is the rest of the line and can contain spaces, or
 * a JSON object of several lines. Credentials that the host of the run did not fill in are `missing`. Errors contain
 * only the line number, because any part of an invalid line can be the password.
 */
export function readCredentials(value: string, on?: InputHost): readonly InputCredential[] {
  const credentials: InputCredential[] = [];
  const errors: ChartImagesError[] = [];
  for (const { line, index } of entriesIn(value)) {
    const read = readLine(line, on);
    const reason =
      typeof read === 'string'
        ? read
        : credentials.some((known) => known.host === read.host)
          ? 'repeats the registry of an earlier line'
          : undefined;
    if (typeof read !== 'string' && reason === undefined) credentials.push(read);
    if (reason !== undefined) errors.push(errorAt(index + 1, reason));
  }
  throwAll(errors);
  return credentials;
}

/**
 * The trimmed lines that are not empty. A password that starts with `{` runs to its `}`, also over several lines: the
 * JSON key of a service account (`_json_key` of Google's registries).
 */
function entriesIn(value: string): readonly { readonly line: string; readonly index: number }[] {
  const lines = value.split(/\r?\n/);
  const entries: { line: string; index: number }[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const line = (lines[index] ?? '').trim();
    if (line === '') continue;
    const start = /^\S+\s+\S+\s+(?=\{)/.exec(line)?.[0].length;
    const rest = [line, ...lines.slice(index + 1)].join('\n');
    const end = start === undefined ? undefined : endOfObject(rest, start);
    const isKey = start !== undefined && end !== undefined && end > line.length && isJson(rest.slice(start, end));
    const whole = isKey ? rest.slice(0, end) : line;
    entries.push({ line: whole, index });
    index += whole.split('\n').length - 1;
  }
  return entries;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Returns the credential, or the reason why the line is invalid. */
function readLine(line: string, on: InputHost | undefined): InputCredential | string {
  const [server = '', username, password] = partsOf(line);
  // The key of Docker Hub in Docker's configuration is https://index.docker.io/v1/, and users paste it.
  const host = server
    .replace(/^https?:\/\//, '')
    .replace(/\/v1\/?$/, '')
    .replace(/\/$/, '');
  const unfilled = unfilledPart([username, password], on);
  const isComplete = username !== undefined && (password !== undefined || username === 'none');
  if (!isComplete && unfilled === undefined) return 'does not have the three parts host, username and password';
  if (!isHost(host)) return 'does not start with a registry host such as myregistry.azurecr.io';
  const registry = canonicalRegistry(host);
  if (unfilled !== undefined) return { host: registry, missing: missingCredential(registry, unfilled) };
  return password === undefined || username === undefined
    ? { host: registry, username: 'none' }
    : { host: registry, username, password };
}

function partsOf(line: string): readonly (string | undefined)[] {
  return /^(\S+)(?:\s+(\S+)(?:\s+(.+))?)?$/s.exec(line)?.slice(1) ?? [];
}

function errorAt(line: number, reason: string): ChartImagesError {
  return new ChartImagesError('invalid-input', `Line ${line} of the input "registry-credentials" ${reason}.`, {
    advice:
      'Write one line "host username password" or "host none" for each registry. The line is not shown because it may contain a secret.',
  });
}
