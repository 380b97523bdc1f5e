import type { ParseResult } from '../core/oci/parse-result.ts';
import { isHost, looksLikeRegistryHost } from '../core/oci/reference.ts';
import { canonicalRegistry } from '../core/oci/registry-reference.ts';
import type { Target } from '../mirror/plan/plan.ts';
import { parseSource, type Source } from '../resolve/image-source.ts';
import { invalidInput } from './input-errors.ts';

/** Host and namespace have at most 255 characters each, plus a scheme. */
const longestSource = 600;

/**
 * Reads an entry of `image-sources`. `user:password@host` is rejected, because every report shows the sources.
 */
export function readSource(text: string): ParseResult<Source> {
  if (text.includes('@')) {
    return { ok: false, reason: 'a source cannot contain credentials or "@" (use registry-credentials)' };
  }
  return text.length > longestSource ? { ok: false, reason: 'it is too long for a registry' } : parseSource(text);
}

/** Reads `target`: `registry[/namespace]`. */
export function readTarget(text: string): Target {
  const advice = 'Write registry[/namespace], for example myregistry.azurecr.io or ghcr.io/contoso.';
  const parsed = readSource(text);
  if (!parsed.ok) throw invalidInput('target', text, parsed.reason, advice);
  if (parsed.value.kind === 'upstream') {
    throw invalidInput('target', text, 'images can be copied from upstream, not to it', advice);
  }
  return { registry: parsed.value.registry, namespace: parsed.value.namespace };
}

/** Reads a host with an optional port. */
export function readHost(text: string): ParseResult<string> {
  const bare = text.replace(/^https?:\/\//, '').replace(/\/+$/, '');
  return isHost(bare)
    ? { ok: true, value: canonicalRegistry(bare) }
    : { ok: false, reason: 'it is not a host name with an optional port' };
}

export const placeholderAdvice =
  'Write the first component as the charts render it, for example repository or overwriteme.';

/** Reads an entry of `placeholder-registries`: the text before the first slash of a reference. */
export function readPlaceholder(text: string): ParseResult<string> {
  if (looksLikeRegistryHost(text)) return { ok: false, reason: 'it is a registry, which is never part of a path' };
  return /^[A-Za-z0-9_-]+$/.test(text)
    ? { ok: true, value: text }
    : { ok: false, reason: 'it is not one component of a reference' };
}
