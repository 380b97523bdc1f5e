import { isIPv4 } from 'node:net';
import { canonicalRegistry, dockerHub } from '../../core/oci/registry-reference.ts';

/** Where Docker Hub's API is; `docker.io` itself is a web site. */
const dockerHubApi = 'registry-1.docker.io';

/**
 * Where a registry's API may be, in the order to try. Loopback hosts are asked by HTTPS first and HTTP second, as docker
 * does; hosts that the user named for plain HTTP by HTTP only; all others by HTTPS only.
 */
export function endpointUrls(host: string, plainHttp: readonly string[]): readonly [URL, ...URL[]] {
  const api = host === dockerHub ? dockerHubApi : host;
  const plain = new URL(`http://${api}`);
  if (plainHttp.some((named) => canonicalRegistry(named) === host)) return [plain];
  const encrypted = new URL(`https://${api}`);
  return isLoopback(encrypted.hostname) ? [encrypted, plain] : [encrypted];
}

/** `hostname` as a URL has it: without port, IPv6 in brackets. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || (isIPv4(hostname) && hostname.startsWith('127.'));
}
