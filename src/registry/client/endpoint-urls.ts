import { isIPv4 } from 'node:net';
import { canonicalRegistry, dockerHub } from '../../core/oci/registry-reference.ts';

/** The host of Docker Hub's API. `docker.io` is a website. */
const dockerHubApi = 'registry-1.docker.io';

/**
 * The base URLs of a registry, in the order to try: HTTPS and then HTTP for loopback hosts, as docker does, only HTTP
 * for the hosts in `plainHttp`, and only HTTPS for all others.
 */
export function endpointUrls(host: string, plainHttp: readonly string[]): readonly [URL, ...URL[]] {
  const api = host === dockerHub ? dockerHubApi : host;
  const plain = new URL(`http://${api}`);
  if (plainHttp.some((named) => canonicalRegistry(named) === host)) return [plain];
  const encrypted = new URL(`https://${api}`);
  return isLoopback(encrypted.hostname) ? [encrypted, plain] : [encrypted];
}

/** `hostname` as in a URL: without port, IPv6 in brackets. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || (isIPv4(hostname) && hostname.startsWith('127.'));
}
