import { redactUrl } from '../../core/http/redact.ts';
import type { ParseResult } from '../../core/oci/parse-result.ts';

/** A chart that is not on this machine yet. */
export type RemoteChart =
  /** `oci://host/path:version`. */
  | {
      readonly kind: 'oci';
      /** As messages and reports show it. */
      readonly text: string;
      readonly host: string;
      readonly path: string;
      readonly version: string;
    }
  /** `https://repo.example/charts#name@version`: a classic repository with an `index.yaml`. */
  | {
      readonly kind: 'repository';
      /** As messages and reports show it: without what may be secret. */
      readonly text: string;
      /** Without trailing slash. */
      readonly url: string;
      readonly name: string;
      readonly version: string;
    };

export type ChartLocation = { readonly kind: 'local'; readonly path: string } | RemoteChart;

const remoteScheme = /^(oci|https?):\/\//i;

/**
 * Reads where a chart is. Remote charts must name their version: without one the same input would mean another chart
 * tomorrow.
 */
export function parseChartLocation(text: string): ParseResult<ChartLocation> {
  const scheme = remoteScheme.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined) return { ok: true, value: { kind: 'local', path: text } };
  return scheme === 'oci' ? parseOci(text) : parseRepository(text);
}

function parseOci(text: string): ParseResult<ChartLocation> {
  // Helm's own versions may hold a `+`, which registries do not allow in tags; helm writes it as `_` there.
  const match = /^oci:\/\/([^/@#?\s]+)\/([^:@#?\s]+):([A-Za-z0-9_][A-Za-z0-9_.+-]{0,127})$/i.exec(text);
  const [, host, path, version] = match ?? [];
  if (host === undefined || path === undefined || version === undefined) {
    return { ok: false, reason: `"${redactLocation(text)}" is not of the form oci://host/path:version` };
  }
  return { ok: true, value: { kind: 'oci', text, host: host.toLowerCase(), path, version } };
}

function parseRepository(text: string): ParseResult<ChartLocation> {
  const match = /^(https?:\/\/[^#\s]+)#([^@#\s/]+)@([^@#\s]+)$/i.exec(text);
  const [, url, name, version] = match ?? [];
  if (url === undefined || name === undefined || version === undefined || !URL.canParse(url)) {
    return { ok: false, reason: `"${redactLocation(text)}" is not of the form https://repository/path#name@version` };
  }
  if (new URL(url).username !== '' || new URL(url).password !== '') {
    return { ok: false, reason: 'a repository address holds a user name or password; give them as credentials' };
  }
  return {
    ok: true,
    value: { kind: 'repository', text: redactLocation(text), url: url.replace(/\/+$/, ''), name, version },
  };
}

/** A location as messages show it: without user name, password, and the values of a query, which may be a signature. */
export function redactLocation(text: string): string {
  const scheme = remoteScheme.exec(text)?.[0];
  if (scheme === undefined || !/[@?]/.test(text)) return text;
  const [address = '', ...fragments] = text.slice(scheme.length).split('#');
  const fragment = fragments.join('#');
  // Whatever stands before the last `@` of an address, slashes and a `#` too, may be a password.
  if (fragments.length > 0 && !/^[^@#\s/]+(?:@[^@#\s/]+)?$/.test(fragment)) return `${scheme}***`;
  const shown = address.slice(address.lastIndexOf('@') + 1);
  const withoutQuery = shown.includes('?') ? redactUrl(`${scheme}${shown}`) : `${scheme}${shown}`;
  return fragments.length === 0 ? withoutQuery : `${withoutQuery}#${fragment}`;
}

/** True for the file names of packaged charts. */
export function isArchiveName(name: string): boolean {
  return /\.(tgz|tar\.gz|tar)$/i.test(name);
}
