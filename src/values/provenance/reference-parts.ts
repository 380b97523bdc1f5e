import type { ReferencePart } from '../../core/findings.ts';
import { parseTemplateReference } from '../../core/oci/reference.ts';

/** Offsets in a reference. `end` is exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * Spans of the parts of a reference. A first component that is not a registry, followed by two or more others, is a
 * placeholder for one (`repository/release/contoso-a`). Followed by one, it is also the namespace.
 */
export function partSpans(text: string): Readonly<Partial<Record<ReferencePart, Span>>> {
  const parsed = parseTemplateReference(text);
  if (!parsed.ok) return {};
  const { placeholder, repository: path, tag, digest } = parsed.value;
  const registry = parsed.value.registry ?? placeholder;
  const pathStart = registry === undefined ? 0 : registry.length + 1;
  const pathEnd = pathStart + path.length;
  const firstSlash = path.indexOf('/');
  const lastSlash = path.lastIndexOf('/');
  const hasPlaceholder = registry === undefined && firstSlash >= 0;
  const namespaceStart = hasPlaceholder && firstSlash < lastSlash ? firstSlash + 1 : pathStart;
  return {
    ...(registry !== undefined && { registry: { start: 0, end: registry.length } }),
    ...(hasPlaceholder && { registry: { start: 0, end: firstSlash } }),
    ...(lastSlash >= 0 && { namespace: { start: namespaceStart, end: pathStart + lastSlash } }),
    repository: { start: pathStart, end: pathEnd },
    ...(tag !== undefined && { tag: { start: pathEnd + 1, end: pathEnd + 1 + tag.length } }),
    ...(digest !== undefined && { digest: { start: text.length - digest.length, end: text.length } }),
  };
}
