import { type Digest, parseDigest } from './digest.ts';
import type { ParseResult } from './parse-result.ts';

/**
 * A parsed and valid image reference of a chart.
 * Grammar: distribution's reference format (distribution/reference) and the OCI distribution specification's names.
 */
export interface ImageReference {
  /** The original text. */
  readonly text: string;
  /** The first component when it has a dot, a port or is `localhost` (the Docker rule); lower case. */
  readonly registry: string | undefined;
  /** Everything between registry and tag, for example `repository/release/contoso-a`. Never empty. */
  readonly repository: string;
  /**
   * A first component that can be neither a registry nor a part of a path (`OVERWRITE_ME`, or empty), and is not in
   * `repository`. Only `parseTemplateReference` accepts it.
   */
  readonly placeholder?: string;
  readonly tag: string | undefined;
  readonly digest: Digest | undefined;
}

/** Above the length limits of all parts: host and repository 255 characters each, tag 128, digest 135. */
const maximumLength = 1024;

const component = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const hostPort =
  /^(?:\[[0-9a-fA-F:]+\]|[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*)(?::[0-9]{1,5})?$/;
const tagForm = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;

/** True when the first component of a reference names a registry (dot, port, `localhost` or an IPv6 address). */
export function looksLikeRegistryHost(first: string): boolean {
  return first === 'localhost' || first.includes('.') || first.includes(':') || first.startsWith('[');
}

/** Checks `host` or `host:port`. */
export function isHost(text: string): boolean {
  return text.length <= 255 && hostPort.test(text);
}

/** Checks a repository path: lower-case components with single separators, joined by `/`. */
export function isRepositoryPath(text: string): boolean {
  return text.length > 0 && text.length <= 255 && text.split('/').every((part) => component.test(part));
}

export function isTag(text: string): boolean {
  return tagForm.test(text);
}

/** Letters, digits and separators: what a path component could have, and nothing that a template leaves behind. */
const placeholderForm = /^[a-zA-Z0-9_-]*$/;

/** True for `OVERWRITE_ME`, `ToBeReplaced` and the empty text: no path has such a component. */
function isImpossibleComponent(first: string): boolean {
  return placeholderForm.test(first) && !component.test(first);
}

/**
 * Parses a reference as charts render it: as `parseReference`, or with a placeholder in the place of the registry that
 * can be no path component.
 */
export function parseTemplateReference(text: string): ParseResult<ImageReference> {
  const parsed = parseReference(text);
  const slash = text.indexOf('/');
  const first = text.slice(0, Math.max(slash, 0));
  if (parsed.ok || slash < 0 || looksLikeRegistryHost(first) || !isImpossibleComponent(first)) return parsed;
  const rest = parseReference(text.slice(slash + 1));
  if (!rest.ok) return parsed;
  const { registry, repository } = rest.value;
  const path = registry === undefined ? repository : `${registry}/${repository}`;
  if (!isRepositoryPath(path)) return parsed;
  return { ok: true, value: { ...rest.value, text, registry: undefined, repository: path, placeholder: first } };
}

/** Parses `[registry/]repository[:tag][@digest]`. */
export function parseReference(text: string): ParseResult<ImageReference> {
  const invalid = (reason: string): ParseResult<ImageReference> => ({ ok: false, reason });
  if (text.length === 0) return invalid('the reference is empty');
  if (text.length > maximumLength) return invalid(`the reference has more than ${maximumLength} characters`);
  const at = text.indexOf('@');
  const named = at < 0 ? text : text.slice(0, at);
  let digest: Digest | undefined;
  if (at >= 0) {
    const parsed = parseDigest(text.slice(at + 1));
    if (!parsed.ok) return parsed;
    digest = parsed.value;
  }
  const lastSlash = named.lastIndexOf('/');
  const colon = named.indexOf(':', lastSlash + 1);
  const tag = colon < 0 ? undefined : named.slice(colon + 1);
  if (tag !== undefined && !isTag(tag)) {
    return invalid(`"${tag}" is not a tag: up to 128 letters, digits, "_", "." and "-", not starting with "." or "-"`);
  }
  const name = colon < 0 ? named : named.slice(0, colon);
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  const hasRegistry = slash >= 0 && looksLikeRegistryHost(first);
  const path = hasRegistry ? name.slice(slash + 1) : name;
  if (hasRegistry && !isHost(first)) return invalid(`"${first}" is not a registry host`);
  if (!isRepositoryPath(path)) {
    return invalid(`"${path}" is not a repository path: lower-case letters, digits and single separators between them`);
  }
  return {
    ok: true,
    value: { text, registry: hasRegistry ? first.toLowerCase() : undefined, repository: path, tag, digest },
  };
}
