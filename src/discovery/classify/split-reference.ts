import { parseDigest } from '../../core/oci/digest.ts';
import { looksLikeRegistryHost, parseReference } from '../../core/oci/reference.ts';
import { trimEndOf } from '../yaml/trim-end.ts';
import type { RuleMatch } from './match.ts';
import type { NamedValue } from './named-value.ts';
import { isPlaceholder } from './placeholder.ts';
import { classifyReference, isRegistryPrefix } from './reference-form.ts';
import { type ReferencePartName, splitPartName } from './split-name.ts';

export type ReferencePieces = Readonly<Partial<Record<ReferencePartName, NamedValue>>>;

/** What is known of the parts besides their names: they are in a map called image, in any other, or among variables or flags. */
export type SplitContext = 'image-map' | 'map' | 'variables';

/** The parts of references among named texts, by stem: `PROXY_REPOSITORY` and `PROXY_TAG` share `proxy`. */
export function partsByStem(texts: readonly NamedValue[]): ReadonlyMap<string, ReferencePieces> {
  const groups = new Map<string, Partial<Record<ReferencePartName, NamedValue>>>();
  for (const named of texts) {
    const text = named.text.trim();
    const split = text === '' ? undefined : splitPartName(named.name);
    if (split === undefined) continue;
    const group = groups.get(split.stem) ?? {};
    group[split.part] ??= { ...named, text };
    groups.set(split.stem, group);
  }
  return groups;
}

/**
 * Puts a reference together. Undefined unless the parts unmistakably make one: a path and a tag or digest, where
 * `version` counts as a tag only beside something that says image or registry (charts and programs have versions too),
 * and `name` as a path only in a map called image or beside a registry.
 */
export function assembleReference(given: ReferencePieces, context: SplitContext): RuleMatch | undefined {
  const parts = context === 'image-map' ? given : dropAmbiguous(given);
  const pathPart = pickRepository(parts, context);
  if (pathPart === undefined) return undefined;
  const fronts = prefixesOf(parts, pathPart);
  const path = fullPath(fronts, pathPart);
  const version = isVersionTag(parts, path, context) ? parts.version : undefined;
  const tagPart = parts.tag ?? version;
  if (path !== undefined && tagPart && isPlaceholder(tagPart.text)) {
    return { type: 'placeholder', text: `${path}:${tagPart.text}`, position: pathPart.position };
  }
  const written = tagPart?.text.replace(/^[:@]/, '') ?? '';
  const tag = written === '' || parseDigest(written).ok ? '' : `:${written}`;
  const digest = digestText(parts.digest?.text ?? '') ?? digestText(written);
  if (path === undefined || (tag === '' && digest === undefined)) return undefined;
  const parsed = parseReference(path);
  if (!parsed.ok || parsed.value.digest !== undefined) return undefined;
  if (parsed.value.tag !== undefined && (tag !== '' || digest === undefined)) return undefined;
  const image = `${path}${tag}${digest === undefined ? '' : `@${digest}`}`;
  if (!parseReference(image).ok) return undefined;
  const lost = invalidHostReason(parts.host, path);
  if (lost) return lost;
  const used = [...fronts, pathPart, tagPart, parts.digest];
  return {
    type: 'image',
    image,
    position: pathPart.position,
    parts: used.flatMap((part) => (part ? [part.position] : [])),
  };
}

/** Pods have namespaces, services hosts, and code organizations: outside a map called image only a registry says otherwise. */
function dropAmbiguous({ host: _, namespace: __, organization, ...parts }: ReferencePieces): ReferencePieces {
  return organization && parts.registry ? { ...parts, organization } : parts;
}

function pickRepository(parts: ReferencePieces, context: SplitContext): NamedValue | undefined {
  const { image, repository, name, registry } = parts;
  if (image) return image;
  if (repository)
    return name && context === 'image-map' && extendsRepository(name, repository, parts) ? name : repository;
  return context === 'image-map' || (registry && isRegistryPrefix(registry.text)) ? name : undefined;
}

/**
 * True where a name is the end of the path that a repository begins: `{registry, repository: core, name: amf}`. The items
 * of a list have names of their own, so there only a repository that is no path without one is continued.
 */
function extendsRepository(name: NamedValue, repository: NamedValue, { registry, host }: ReferencePieces): boolean {
  const shape = classifyReference(name.text);
  if (shape !== 'name-bare' && shape !== 'path-bare') return false;
  const path = trimEndOf(repository.text, '/');
  if (path === name.text || path.endsWith(`/${name.text}`)) return false;
  const isItem = typeof name.position.path?.parent?.key === 'number';
  return !isItem || ((registry ?? host) !== undefined && !path.includes('/'));
}

/** What stands in front of a path, nearest first. Of hosts only those count that can be one: a URL may be a picture's. */
function prefixesOf(parts: ReferencePieces, pathPart: NamedValue): readonly NamedValue[] {
  const { repository, organization, namespace, registry, host } = parts;
  // Docker Hub's paths have two parts, so without a registry a namespace before two more is the cluster's.
  const isPlace = (registry ?? host) !== undefined || !pathPart.text.includes('/');
  const place = organization ?? (isPlace ? namespace : undefined);
  const server = host && isRegistryPrefix(trimEndOf(host.text, '/')) ? host : undefined;
  return [repository, place, registry, server].flatMap((part) => (part && part !== pathPart ? [part] : []));
}

function isVersionTag(parts: ReferencePieces, path: string | undefined, context: SplitContext): boolean {
  if (context === 'image-map' || parts.registry !== undefined) return true;
  if (parts.image !== undefined && parts.repository !== undefined) return true;
  return context === 'variables' && path !== undefined && classifyReference(path) === 'registry-bare';
}

/** What to say of a host that cannot be one: without it the reference would be another image's. A URL may be anything. */
function invalidHostReason(host: NamedValue | undefined, path: string): RuleMatch | undefined {
  if (!host || host.text.includes('://') || /^registry/.test(classifyReference(path) ?? '')) return undefined;
  return { type: 'unreadable', reason: `it is not a registry that ${path} can be in`, position: host.position };
}

/** `host/registry/organization/repository/image`, each only where what follows does not begin with it or has a registry. */
function fullPath(fronts: readonly NamedValue[], pathPart: NamedValue): string | undefined {
  let path = pathPart.text;
  for (const front of fronts) {
    const prefix = trimEndOf(front.text, '/');
    if (
      prefix === '' ||
      path === prefix ||
      path.startsWith(`${prefix}/`) ||
      /^registry/.test(classifyReference(path) ?? '')
    )
      continue;
    path = `${prefix}/${path}`;
  }
  // A registry alone is where images come from, not one of them.
  if (classifyReference(path) === undefined || (!path.includes('/') && looksLikeRegistryHost(path))) return undefined;
  return path;
}

function digestText(text: string): string | undefined {
  if (parseDigest(text).ok) return text;
  return parseDigest(`sha256:${text}`).ok ? `sha256:${text}` : undefined;
}
