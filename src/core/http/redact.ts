/** Query parameters that never hold a secret; every other value is hidden, because each store names its signature differently. */
const shownParameters = new Set(['artifactType', 'digest', 'from', 'last', 'mount', 'n', 'ns', 'scope', 'service']);

/** What stands where a secret may have been. */
const hidden = '***';

/** Long enough for a registry's sentence, short enough for one line of a log. */
const longestServerText = 300;

/** A URL that can be shown: without user name and password, without the values of query parameters that may be secret. */
export function redactUrl(url: URL | string): string {
  if (!URL.canParse(url.toString())) return hidden;
  const shown = new URL(url);
  shown.username = '';
  shown.password = '';
  shown.hash = '';
  const query = [...shown.searchParams].map(([name, value]) => `${name}=${shownParameters.has(name) ? value : hidden}`);
  shown.search = '';
  return query.length === 0 ? shown.toString() : `${shown}?${query.join('&')}`;
}

/**
 * What a server said, fit for a message: one line, cut to a bound, without control and direction-changing characters,
 * with URLs redacted and JSON web tokens hidden (some servers quote the request they refuse).
 */
export function redactServerText(text: string, longest = longestServerText): string {
  const line = text
    .slice(0, longest * 4)
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();
  const shown = redactSecrets(line);
  return shown.length > longest ? `${shown.slice(0, longest)}…` : shown;
}

/** A text of any form with the secrets in its URLs, and JSON web tokens, hidden. */
export function redactSecrets(text: string): string {
  return (
    text
      .replace(/\b(?:https?|oci):\/\/[^\s"'<>]*[^\s"'<>.,;:)]/gi, (url) => (/[?@#]/.test(url) ? redactUrl(url) : url))
      // From the start of a word with a dot on: one without is looked at once, not once for each `eyJ` in it.
      .replace(/(?<![\w-])(?=[\w-]+\.[\w-])([\w-]*?)\beyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?/g, `$1${hidden}`)
  );
}
