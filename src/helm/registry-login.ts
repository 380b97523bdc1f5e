import { ChartImagesError } from '../errors.ts';
import { writeFileAtomically } from '../files/write-file.ts';
import type { Helm } from './helm.ts';
import type { HelmAccess } from './helm-access.ts';
import { helmHome } from './helm-environment.ts';
import { helmReason, networkBounds, runHelm } from './run-helm.ts';

/** Writes the credentials of registries where helm, and nobody else, reads them: never in arguments. */
export async function loginRegistries(hosts: readonly string[], home: string, access: HelmAccess): Promise<void> {
  const auths: Record<string, { readonly auth: string }> = {};
  for (const host of hosts) {
    const credential = await access.credentials(host);
    if (credential === undefined) continue;
    auths[host] = { auth: Buffer.from(`${credential.username}:${credential.password}`).toString('base64') };
  }
  await writeFileAtomically(helmHome(home).registryConfig, JSON.stringify({ auths }), { mode: 0o600 });
}

/**
 * Makes a classic repository known to this private home under an alias; helm reads its index. The password goes through
 * standard input, and only to hosts that are asked over TLS or that the user listed as plain. Errors: `chart-pull`.
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
  const reason = helmReason(result);
  throw new ChartImagesError('chart-pull', `The chart repository ${host} can not be read: ${reason}`, {
    advice: 'Check the address, the network and registry-credentials.',
  });
}

export function authorityArguments(access: HelmAccess): readonly string[] {
  return access.caFile === undefined ? [] : ['--ca-file', access.caFile];
}

export function plainHttpArguments(hosts: readonly string[], access: HelmAccess): readonly string[] {
  return hosts.some((host) => access.plainHttp(host)) ? ['--plain-http'] : [];
}
