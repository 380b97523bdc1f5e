import { redactUrl } from '../../core/http/redact.ts';
import { type Digest, parseDigest } from '../../core/oci/digest.ts';
import type { ParseResult } from '../../core/oci/parse-result.ts';
import { isConstraint } from './version-constraint.ts';

/** A chart in a registry or a repository. */
export type RemoteChart =
  /** `oci://host/path:version`, `oci://host/path@digest`, or both. */
  | {
      readonly kind: 'oci';
      /** As shown in messages and reports. */
      readonly text: string;
      readonly host: string;
      readonly path: string;
      /** A tag, or a constraint such as `^1.0`. Empty if there is only a digest. */
      readonly version: string;
      /** Decides if there is one. */
      readonly digest?: Digest;
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

/** Of a chart: its version with `_` for `+`, or another name that the registry has. */
const tag = /^\w[\w.+-]{0,127}$/;

function parseOci(text: string): ParseResult<ChartLocation> {
  // Versions can contain a `+`, which tags do not allow. Helm replaces it with `_` in tags.
  const match =
    /^oci:\/\/([^/@#?\s]+)\/([^:@#?\s]+)(?::([A-Za-z0-9_^~<>=!*][A-Za-z0-9_.+*^~<>=!|, -]{0,127}))?(?:@(\S+))?$/i.exec(
      text,
    );
  const [, host, path, version = '', written] = match ?? [];
  const digest = written === undefined ? undefined : parseDigest(written);
  if (host === undefined || path === undefined || (version === '' && digest === undefined) || digest?.ok === false) {
    return {
      ok: false,
      reason: `"${redactLocation(text)}" does not have the form oci://host/path:version or oci://host/path@sha256:digest`,
    };
  }
  if (version !== '' && !isConstraint(version) && !tag.test(version)) {
    return { ok: false, reason: `"${version}" is not a version, a tag, or a constraint such as ^1.2` };
  }
  const chart = { kind: 'oci', text, host: host.toLowerCase(), path, version } as const;
  return { ok: true, value: digest === undefined ? chart : { ...chart, digest: digest.value } };
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
  const isPlain = /^(?=.*[\d*xX])[v\d*xX][^~<>=!^]*$/.test(version);
  if (!isPlain && !isConstraint(version)) {
    return { ok: false, reason: `"${version}" is not a version or a constraint such as ^1.2` };
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
