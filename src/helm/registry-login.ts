import { writeFileAtomically } from '../files/write-file.ts';
import { fetchError } from './fetch-fault.ts';
import type { Helm } from './helm.ts';
import type { HelmAccess } from './helm-access.ts';
import { helmHome } from './helm-environment.ts';
import { helmReason, networkBounds, runHelm } from './run-helm.ts';

/**
 * Writes the credentials of registries where helm, and nobody else, reads them: never in arguments. Gives the flags that say
 * how helm has to ask these registries.
 */
export async function loginRegistries(
  hosts: readonly string[],
  home: string,
  access: HelmAccess,
): Promise<readonly string[]> {
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
  await writeFileAtomically(helmHome(home).registryConfig, JSON.stringify({ auths }), { mode: 0o600 });
  return plain.length > 0 ? ['--plain-http'] : [];
}

/**
 * Makes a classic repository known to this private home under an alias; helm reads its index. The password goes through
 * standard input, and only to hosts that are asked over TLS or that the user listed as plain. Errors: `chart-not-found` and `chart-pull`.
 */
export async function addRepository(
  helm: Helm,
  alias: string,
  address: string,
  home: string,
  access: HelmAccess,
): Promise<void> {
  const { host, protocol } = new URL(address);
  const trusted = protocol === 'https:' || access.plainHttp(host);
  const credential = trusted ? await access.credentials(host) : undefined;
  const login = credential === undefined ? [] : ['--username', credential.username, '--password-stdin'];
  const result = await runHelm(
    helm,
    {
      arguments: ['repo', 'add', alias, address, ...login, ...authorityArguments(access)],
      home,
      bounds: networkBounds,
      ...(credential !== undefined && { input: credential.password }),
    },
    access,
  );
  if (result.exitCode === 0) return;
  const advice = 'Check the address, the network and registry-credentials.';
  throw fetchError(`The chart repository ${host} can not be read`, helmReason(result), advice);
}

export function authorityArguments(access: HelmAccess): readonly string[] {
  return access.caFile === undefined ? [] : ['--ca-file', access.caFile];
}
