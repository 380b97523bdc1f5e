/**
 * Query parameters without secrets. All other values are hidden, because every store names its signature differently.
 */
const shownParameters = new Set(['artifactType', 'digest', 'from', 'last', 'mount', 'n', 'ns', 'scope', 'service']);

const hidden = '***';

/** Characters: long enough for an error message of a registry, short enough for one line of a log. */
const maximumServerText = 300;

/** A URL without user name, password, fragment, and the values of query parameters that may be secret. */
export function redactUrl(url: URL | string): string {
  if (!URL.canParse(url.toString())) return hidden;
  const redacted = new URL(url);
  redacted.username = '';
  redacted.password = '';
  redacted.hash = '';
  const query = [...redacted.searchParams].map(
    ([name, value]) => `${name}=${shownParameters.has(name) ? value : hidden}`,
  );
  redacted.search = '';
  return query.length === 0 ? redacted.toString() : `${redacted}?${query.join('&')}`;
}

/**
 * Text of a server for a message: one line, truncated, without control and bidirectional characters, with redacted URLs
 * and hidden JSON web tokens (some servers quote the rejected request).
 */
export function redactServerText(text: string, maximumLength = maximumServerText): string {
  const line = text
    .slice(0, maximumLength * 4)
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();
  const redacted = redactSecrets(line);
  return redacted.length > maximumLength ? `${redacted.slice(0, maximumLength)}…` : redacted;
}

/** Hides JSON web tokens and the secrets in URLs. */
export function redactSecrets(text: string): string {
  return (
    text
      .replace(/\b(?:https?|oci):\/\/[^\s"'<>]*[^\s"'<>.,;:)]/gi, (url) => (/[?@#]/.test(url) ? redactUrl(url) : url))
      // Anchored at the start of a word with a dot, so that a word without one is scanned once, not for each `eyJ`.
      .replace(/(?<![\w-])(?=[\w-]+\.[\w-])([\w-]*?)\beyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?/g, `$1${hidden}`)
  );
}
