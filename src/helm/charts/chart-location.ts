import { redactUrl } from '../../core/http/redact.ts';
import type { ParseResult } from '../../core/oci/parse-result.ts';

/** A chart in a registry or a repository. */
export type RemoteChart =
  /** `oci://host/path:version`. */
  | {
      readonly kind: 'oci';
      /** As shown in messages and reports. */
      readonly text: string;
      readonly host: string;
      readonly path: string;
      readonly version: string;
    }
  /** `https://repo.example/charts#name@version`: a classic repository with an `index.yaml`. */
  | {
      readonly kind: 'repository';
      /** As shown in messages and reports: without secrets. */
      readonly text: string;
      /** Without trailing slash. */
      readonly url: string;
      readonly name: string;
      readonly version: string;
    };

export type ChartLocation = { readonly kind: 'local'; readonly path: string } | RemoteChart;

const remoteScheme = /^(oci|https?):\/\//i;

/**
 * Parses a chart location. A remote chart must specify its version, so that the same input always means the same chart.
 */
export function parseChartLocation(text: string): ParseResult<ChartLocation> {
  const scheme = remoteScheme.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined) return { ok: true, value: { kind: 'local', path: text } };
  return scheme === 'oci' ? parseOci(text) : parseRepository(text);
}

function parseOci(text: string): ParseResult<ChartLocation> {
  // Versions can contain a `+`, which tags do not allow. Helm replaces it with `_` in tags.
  const match = /^oci:\/\/([^/@#?\s]+)\/([^:@#?\s]+):([A-Za-z0-9_][A-Za-z0-9_.+-]{0,127})$/i.exec(text);
  const [, host, path, version] = match ?? [];
  if (host === undefined || path === undefined || version === undefined) {
    return { ok: false, reason: `"${redactLocation(text)}" does not have the form oci://host/path:version` };
  }
  return { ok: true, value: { kind: 'oci', text, host: host.toLowerCase(), path, version } };
}

function parseRepository(text: string): ParseResult<ChartLocation> {
  const match = /^(https?:\/\/[^#\s]+)#([^@#\s/]+)@([^@#\s]+)$/i.exec(text);
  const [, url, name, version] = match ?? [];
  if (url === undefined || name === undefined || version === undefined || !URL.canParse(url)) {
    return {
      ok: false,
      reason: `"${redactLocation(text)}" does not have the form https://repository/path#name@version`,
    };
  }
  if (new URL(url).username !== '' || new URL(url).password !== '') {
    return { ok: false, reason: 'a repository URL must not contain a user name or password; use registry-credentials' };
  }
  return {
    ok: true,
    value: { kind: 'repository', text: redactLocation(text), url: url.replace(/\/+$/, ''), name, version },
  };
}

/** A location for messages: without user name, password, and query values, which can be a signature. */
export function redactLocation(text: string): string {
  const scheme = remoteScheme.exec(text)?.[0];
  if (scheme === undefined || !/[@?]/.test(text)) return text;
  const [address = '', ...fragments] = text.slice(scheme.length).split('#');
  const fragment = fragments.join('#');
  // Everything before the last `@`, including slashes and a `#`, can be a password.
  if (fragments.length > 0 && !/^[^@#\s/]+(?:@[^@#\s/]+)?$/.test(fragment)) return `${scheme}***`;
  const redacted = address.slice(address.lastIndexOf('@') + 1);
  const withoutQuery = redacted.includes('?') ? redactUrl(`${scheme}${redacted}`) : `${scheme}${redacted}`;
  return fragments.length === 0 ? withoutQuery : `${withoutQuery}#${fragment}`;
}

export function isArchiveName(name: string): boolean {
  return /\.(tgz|tar\.gz|tar)$/i.test(name);
}
