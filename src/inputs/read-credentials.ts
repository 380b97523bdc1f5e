import { ChartImagesError, throwAll } from '../core/errors.ts';
import { isHost } from '../core/oci/reference.ts';
import { canonicalRegistry } from '../core/oci/registry-reference.ts';
import type { InputCredential } from '../registry/credentials/input-provider.ts';

/**
 * Reads lines `host username password`, where the password is the rest of the line and can contain spaces, or `host
 * none`. Errors contain only the line number, because any part of an invalid line can be the password.
 */
export function readCredentials(value: string): readonly InputCredential[] {
  const credentials: InputCredential[] = [];
  const errors: ChartImagesError[] = [];
  for (const [index, line] of value.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue;
    const read = readLine(line.trim());
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

/** Returns the credential, or the reason why the line is invalid. */
function readLine(line: string): InputCredential | string {
  const [, server, username, password] = /^(\S+)\s+(\S+)(?:\s+(.+))?$/.exec(line) ?? [];
  if (server === undefined || username === undefined || (password === undefined && username !== 'none')) {
    return 'does not have the three parts host, username and password';
  }
  // The key of Docker Hub in Docker's configuration is https://index.docker.io/v1/, and users paste it.
  const host = server
    .replace(/^https?:\/\//, '')
    .replace(/\/v1\/?$/, '')
    .replace(/\/$/, '');
  if (!isHost(host)) return 'does not start with a registry host such as myregistry.azurecr.io';
  const registry = canonicalRegistry(host);
  return password === undefined ? { host: registry, username: 'none' } : { host: registry, username, password };
}

function errorAt(line: number, reason: string): ChartImagesError {
  return new ChartImagesError('invalid-input', `Line ${line} of the input "registry-credentials" ${reason}.`, {
    advice:
      'Write one line "host username password" or "host none" for each registry. The line is not shown because it may contain a secret.',
  });
}
