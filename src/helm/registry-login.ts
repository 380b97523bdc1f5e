import { fetchError } from './fetch-fault.ts';
import type { Helm } from './helm.ts';
import type { HelmAccess } from './helm-access.ts';
import { type HelmLogins, helmReason, networkBounds, runHelm } from './run-helm.ts';

/** What a helm command needs that asks registries or repositories. */
export interface HelmLogin {
  readonly logins: HelmLogins;
  /** How it has to ask the registries. */
  readonly flags: readonly string[];
}

/** A classic repository, under the alias by which a command names it. */
export interface Repository {
  readonly alias: string;
  readonly address: string;
}

/** The credentials of registries and repositories in the forms that helm, and nobody else, reads: never as arguments. */
export async function loginsFor(
  hosts: readonly string[],
  repositories: readonly Repository[],
  access: HelmAccess,
): Promise<HelmLogin> {
  const plain = hosts.filter((host) => access.plainHttp(host));
  const others = hosts.filter((host) => !plain.includes(host));
  // One flag for all registries of a run: beside a plain one, helm would send the passwords of the others in the clear too.
  const asked = plain.length > 0 ? plain : others;
  if (plain.length > 0 && others.length > 0) {
    access.log.warning(
      `helm asks all registries of a chart by HTTP when one of them is plain (${plain.join(', ')}), so it gets no credentials for ${others.join(', ')}.`,
    );
  }
  const auths: Record<string, { readonly auth: string }> = {};
  for (const host of asked) {
    const credential = await access.credentials(host);
    if (credential === undefined) continue;
    auths[host] = { auth: Buffer.from(`${credential.username}:${credential.password}`).toString('base64') };
  }
  const entries = [];
  for (const repository of repositories) entries.push(await entryOf(repository, access));
  return {
    logins: {
      registries: JSON.stringify({ auths }),
      // JSON is YAML.
      repositories: JSON.stringify({ apiVersion: 'v1', repositories: entries }),
    },
    flags: plain.length > 0 ? ['--plain-http'] : [],
  };
}

/** A password only for hosts that are asked over TLS or that the user listed as plain. */
async function entryOf({ alias: name, address: url }: Repository, access: HelmAccess) {
  const { host, protocol } = new URL(url);
  const isTrusted = protocol === 'https:' || access.plainHttp(host);
  const credential = isTrusted ? await access.credentials(host) : undefined;
  return {
    name,
    url,
    ...(access.caFile === undefined ? {} : { caFile: access.caFile }),
    ...(credential === undefined ? {} : { username: credential.username, password: credential.password }),
  };
}

/**
 * Fetches the indexes of the repositories into this private home: helm pulls from no repository whose index it does not have.
 * Errors: `chart-not-found` and `chart-pull`.
 */
export async function fetchIndexes(
  helm: Helm,
  repositories: readonly Repository[],
  logins: HelmLogins,
  home: string,
  access: HelmAccess,
): Promise<void> {
  if (repositories.length === 0) return;
  const command = { arguments: ['repo', 'update'], home, bounds: networkBounds, logins };
  const result = await runHelm(helm, command, access);
  // An index that can not be had does not fail the command of helm 3.21, and helm 4.2 ends without the reason (observed).
  for (const repository of repositories) {
    const words = `Unable to get an update from the "${repository.alias}" chart repository (${repository.address}):\n`;
    const from = result.stdout.indexOf(words);
    if (from < 0) continue;
    const [reason = ''] = result.stdout.slice(from + words.length).split('\n');
    throw unreadable([repository], helmReason({ ...result, stderr: reason.trim() }));
  }
  if (result.exitCode !== 0) throw unreadable(repositories, helmReason(result));
}

function unreadable(repositories: readonly Repository[], reason: string): Error {
  const hosts = repositories.map(({ address }) => new URL(address).host).join(', ');
  const advice = 'Check the address, the network and registry-credentials.';
  return fetchError(`The chart repository ${hosts} can not be read`, reason, advice);
}

export function authorityArguments(access: HelmAccess): readonly string[] {
  return access.caFile === undefined ? [] : ['--ca-file', access.caFile];
}
