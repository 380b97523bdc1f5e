import { BlockList, isIP } from 'node:net';
import { hostnameOf } from './private-hosts.ts';

/** Whether a URL is accessed without the proxy. */
export type ProxyExceptions = (url: URL) => boolean;

/** The metadata service of a cloud identifies the machine by its connection, so a proxy can't be used. */
const always = ['localhost', '169.254.169.254'];

/** Loopback never uses a proxy, as in Go's client, which helm and docker use. */
const loopback = networkOf('127.0.0.0/8');

/** With the host in lower case and without brackets. */
type Rule = (host: string, port: string) => boolean;

/**
 * Reads NO_PROXY as Go's client does (golang.org/x/net/http/httpproxy): names with their subdomains, `.example.com` and
 * `*.example.com` for subdomains only, addresses, networks (`10.0.0.0/8`), each name and address with an optional port,
 * and `*`. Entries with a syntax error match nothing.
 */
export function parseNoProxy(noProxy: string): ProxyExceptions {
  const entries = noProxy
    .toLowerCase()
    .split(/[,\s]+/)
    .filter((entry) => entry !== '');
  const rules = [...always, ...entries].map(ruleOf);
  return (url) => {
    const host = hostnameOf(url).toLowerCase();
    if (host === '::1' || loopback?.(host, '')) return true;
    const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
    return rules.some((rule) => rule(host, port));
  };
}

function ruleOf(entry: string): Rule {
  if (entry === '*') return () => true;
  const network = networkOf(entry);
  if (network !== undefined) return network;
  const { host, port } = splitPort(entry);
  const isPort = (actual: string): boolean => port === '' || port === actual;
  if (isIP(host) !== 0) {
    const address = addressRule(host);
    return (actual, actualPort) => address(actual, actualPort) && isPort(actualPort);
  }
  const name = host.replace(/^\*(?=\.)/, '');
  if (name === '' || name === '.') return () => false;
  const suffix = name.startsWith('.') ? name : `.${name}`;
  return (actual, actualPort) => isPort(actualPort) && (actual.endsWith(suffix) || actual === name);
}

function networkOf(entry: string): Rule | undefined {
  const [address = '', prefix = '', ...rest] = entry.split('/');
  const family = isIP(address);
  const bits = Number(prefix);
  if (family === 0 || rest.length > 0 || !/^\d+$/.test(prefix) || bits > (family === 4 ? 32 : 128)) return undefined;
  const list = new BlockList();
  list.addSubnet(address, bits, nameOf(family));
  return (host) => isIP(host) !== 0 && list.check(host, nameOf(isIP(host)));
}

/** By value, because an IPv6 address has several spellings. */
function addressRule(address: string): Rule {
  const list = new BlockList();
  list.addAddress(address, nameOf(isIP(address)));
  return (host) => isIP(host) !== 0 && list.check(host, nameOf(isIP(host)));
}

function nameOf(family: number): 'ipv4' | 'ipv6' {
  return family === 6 ? 'ipv6' : 'ipv4';
}

/** A bare IPv6 address has no port: `[fd00::1]:443`. */
function splitPort(entry: string): { readonly host: string; readonly port: string } {
  if (isIP(entry) === 6) return { host: entry, port: '' };
  const [, bracketed, plain, port = ''] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d*))?$/.exec(entry) ?? [];
  return { host: bracketed ?? plain ?? '', port };
}
