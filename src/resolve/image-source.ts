import type { SourceLocation } from '../core/errors.ts';
import type { ParseResult } from '../core/oci/parse-result.ts';
import { isHost, isRepositoryPath, looksLikeRegistryHost } from '../core/oci/reference.ts';
import { canonicalRegistry } from '../core/oci/registry-reference.ts';

/** An entry of `image-sources`: a registry with an optional namespace, or the registry of the reference itself. */
export type Source =
  | (NamedSource & {
      readonly kind: 'registry';
      readonly text: string;
      readonly registry: string;
      readonly namespace: string;
    })
  | (NamedSource & { readonly kind: 'upstream'; readonly text: 'upstream' });

interface NamedSource {
  /** The line of the file that names it. Undefined for an input of the run. */
  readonly location?: SourceLocation;
}

export const upstream: Source = { kind: 'upstream', text: 'upstream' };

/**
 * Parses `registry[/namespace]` or `upstream`. Drops a scheme and trailing slashes, because az aosm users paste URLs.
 * The namespace may be empty.
 */
export function parseSource(text: string): ParseResult<Source> {
  const bare = text
    .trim()
    .replace(/^https?:\/\//, '')
    .replace(/\/+$/, '');
  if (bare === 'upstream') return { ok: true, value: upstream };
  const slash = bare.indexOf('/');
  const registry = slash < 0 ? bare : bare.slice(0, slash);
  const namespace = slash < 0 ? '' : bare.slice(slash + 1);
  if (!isHost(registry) || !looksLikeRegistryHost(registry)) {
    return {
      ok: false,
      reason: `"${text}" does not start with a registry host such as myregistry.azurecr.io or localhost:5000`,
    };
  }
  if (namespace !== '' && !isRepositoryPath(namespace)) {
    return {
      ok: false,
      reason: `"${namespace}" in "${text}" is not a namespace: lower-case letters, digits and single separators`,
    };
  }
  return { ok: true, value: { kind: 'registry', text: bare, registry: canonicalRegistry(registry), namespace } };
}
