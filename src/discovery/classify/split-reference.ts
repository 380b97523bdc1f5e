import { parseDigest } from '../../core/oci/digest.ts';
import { looksLikeRegistryHost, parseReference } from '../../core/oci/reference.ts';
import { trimEndOf } from '../../core/text.ts';
import type { RuleMatch } from './match.ts';
import type { NamedValue } from './named-value.ts';
import { isPlaceholder } from './placeholder.ts';
import { classifyReference, isRegistryPrefix } from './reference-form.ts';
import { wrongTagReason } from './refusal-reason.ts';
import { type ReferencePartName, splitPartName } from './split-name.ts';

export type ReferencePieces = Readonly<Partial<Record<ReferencePartName, NamedValue>>>;

/** Whether the parts are in a map called image, in another map, or in variables or flags. */
export type SplitContext = 'image-map' | 'map' | 'variables';

/** Reference parts by stem: `PROXY_REPOSITORY` and `PROXY_TAG` have the stem `proxy`. */
export function partsByStem(texts: readonly NamedValue[]): ReadonlyMap<string, ReferencePieces> {
  const groups = new Map<string, Partial<Record<ReferencePartName, NamedValue>>>();
  for (const named of texts) {
    const text = named.text.trim();
    const split = text === '' ? undefined : splitPartName(named.name);
    if (split === undefined) continue;
    // Clouds have name tags too.
    if (split.part === 'image' && /name[^a-z]?tag$/i.test(named.name) && !text.includes(':')) continue;
    const group = groups.get(split.stem) ?? {};
    group[split.part] ??= { ...named, text };
    groups.set(split.stem, group);
  }
  return groups;
}

/**
 * Assembles a reference from a path and a tag or digest. Undefined if ambiguous: `version` is a tag only next to an
 * image or registry (charts and programs have versions too), and `name` is a path only in a map called image or next to
 * a registry.
 */
export function assembleReference(given: ReferencePieces, context: SplitContext): RuleMatch | undefined {
  const parts = context === 'image-map' ? given : dropAmbiguous(given);
  const pathPart = pickRepository(parts, context);
  if (pathPart === undefined) return undefined;
  const prefixes = prefixesOf(parts, pathPart);
  const path = fullPath(prefixes, pathPart);
  const version = isVersionTag(parts, path, context) || isPinned(parts) ? parts.version : undefined;
  const tagPart = parts.tag ?? version;
  if (path !== undefined && tagPart && isPlaceholder(tagPart.text)) {
    return { type: 'placeholder', text: `${path}:${tagPart.text}`, position: pathPart.position };
  }
  const written = tagPart?.text.replace(/^[:@]/, '') ?? '';
  const tag = written === '' || parseDigest(written).ok ? '' : `:${written}`;
  const digest = digestText(parts.digest?.text ?? '') ?? digestText(written);
  if (path === undefined) return undefined;
  const parsed = parseReference(path);
  if (!parsed.ok || parsed.value.digest !== undefined) return undefined;
  const { registry, tag: ownTag } = parsed.value;
  // An image with its tag is complete except for the registry.
  const isCompleted = pathPart === parts.image && registry !== undefined && path !== pathPart.text;
  if (ownTag === undefined ? tag === '' && digest === undefined : tag !== '') return undefined;
  if (ownTag !== undefined && digest === undefined && !isCompleted) return undefined;
  const image = `${path}${tag}${digest === undefined ? '' : `@${digest}`}`;
  const reason = parts.tag && wrongTagReason(image);
  if (reason) return { type: 'unreadable', reason, written: image, position: pathPart.position };
  if (!parseReference(image).ok) return undefined;
  const invalidHost = invalidHostReason(parts.host, path);
  if (invalidHost) return invalidHost;
  const used = [...prefixes, pathPart, tagPart, parts.digest];
  return {
    type: 'image',
    image,
    position: pathPart.position,
    parts: used.flatMap((part) => (part ? [part.position] : [])),
  };
}

/** Outside a map called image, hosts and namespaces belong to services and pods, and organizations to code. */
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
 * True if a name is the end of the path that a repository starts: `{registry, repository: core, name: amf}`. Items of a
 * list have their own names, so in a list the repository must be incomplete without it.
 */
function extendsRepository(name: NamedValue, repository: NamedValue, { registry, host }: ReferencePieces): boolean {
  const form = classifyReference(name.text);
  if (form !== 'name-bare' && form !== 'path-bare') return false;
  const path = trimEndOf(repository.text, '/');
  if (path === name.text || path.endsWith(`/${name.text}`)) return false;
  const isItem = typeof name.position.path?.parent?.key === 'number';
  return !isItem || ((registry ?? host) !== undefined && !path.includes('/'));
}

/** The parts before a path, nearest first. A host must be a valid registry, because a URL can be that of a picture. */
function prefixesOf(parts: ReferencePieces, pathPart: NamedValue): readonly NamedValue[] {
  const { repository, organization, namespace, registry, host } = parts;
  // Paths on Docker Hub have two parts, so without a registry, a namespace before two more belongs to the cluster.
  const isPathPrefix = (registry ?? host) !== undefined || !pathPart.text.includes('/');
  const owner = organization ?? (isPathPrefix ? namespace : undefined);
  const server = host && isRegistryPrefix(trimEndOf(host.text, '/')) ? host : undefined;
  return [repository, owner, registry, server].flatMap((part) => (part && part !== pathPart ? [part] : []));
}

/** Only the version of an image has a digest: `3.9.0@sha256:…`. */
export function isPinned({ version }: ReferencePieces): boolean {
  return version !== undefined && /@sha256:[0-9a-f]{64}$/.test(version.text);
}

function isVersionTag(parts: ReferencePieces, path: string | undefined, context: SplitContext): boolean {
  if (context === 'image-map' || parts.registry !== undefined) return true;
  if (parts.image !== undefined && parts.repository !== undefined) return true;
  return context === 'variables' && path !== undefined && classifyReference(path) === 'registry-bare';
}

/** Reports a host that is not a valid registry, because without it the reference would mean a different image. */
function invalidHostReason(host: NamedValue | undefined, path: string): RuleMatch | undefined {
  if (!host || host.text.includes('://') || /^registry/.test(classifyReference(path) ?? '')) return undefined;
  return { type: 'unreadable', reason: `it is not a valid registry for ${path}`, position: host.position };
}

/** `host/registry/organization/repository/image`, without prefixes that the rest already has. */
function fullPath(prefixes: readonly NamedValue[], pathPart: NamedValue): string | undefined {
  let path = pathPart.text;
  for (const part of prefixes) {
    const prefix = trimEndOf(part.text, '/');
    if (
      prefix === '' ||
      path === prefix ||
      path.startsWith(`${prefix}/`) ||
      /^registry/.test(classifyReference(path) ?? '')
    )
      continue;
    path = `${prefix}/${path}`;
  }
  // A registry alone is not an image.
  if (classifyReference(path) === undefined || (!path.includes('/') && looksLikeRegistryHost(path))) return undefined;
  return path;
}

function digestText(text: string): string | undefined {
  if (parseDigest(text).ok) return text;
  return parseDigest(`sha256:${text}`).ok ? `sha256:${text}` : undefined;
}
