import { canonicalRegistry } from '../image/location.ts';
import type { Parsed } from '../image/parsed.ts';
import { isHost } from '../image/reference.ts';
import type { Target } from '../mirror/plan.ts';
import { parseSource, type Source } from '../resolution/source.ts';
import { invalidInput } from './faults.ts';

/** A host has at most 255 characters, and a namespace too; a scheme may stand before them. */
const longestSource = 600;

/**
 * Reads an entry of `image-sources`. What looks like `user:password@host` is refused without being repeated: a source is
 * printed in every report.
 */
export function readSource(text: string): Parsed<Source> {
  if (text.includes('@')) {
    return { ok: false, reason: 'a source holds no credentials (and no "@"); give them with registry-credentials' };
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

/** Reads a host with an optional port, as `plain-http` takes it. */
export function readHost(text: string): Parsed<string> {
  const bare = text.replace(/^https?:\/\//, '').replace(/\/+$/, '');
  return isHost(bare)
    ? { ok: true, value: canonicalRegistry(bare) }
    : { ok: false, reason: 'it takes host names with an optional port' };
}
