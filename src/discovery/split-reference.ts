import { parseDigest } from '../image/digest.ts';
import { isRegistryName, parseReference } from '../image/reference.ts';
import { withoutEnding } from './ending.ts';
import type { NamedText } from './named-text.ts';
import { isPlaceholder } from './placeholder.ts';
import { isRegistryPrefix, shapeOf } from './shape.ts';
import type { Sighting } from './sighting.ts';
import { type Part, splitName } from './split-name.ts';

export type Parts = Readonly<Partial<Record<Part, NamedText>>>;

/** What is known of the parts besides their names: they are in a map called image, in any other, or among variables or flags. */
export type SplitContext = 'image-map' | 'map' | 'variables';

/** The parts of references among named texts, by stem: `PROXY_REPOSITORY` and `PROXY_TAG` share `proxy`. */
export function partsByStem(texts: readonly NamedText[]): ReadonlyMap<string, Parts> {
  const groups = new Map<string, Partial<Record<Part, NamedText>>>();
  for (const named of texts) {
    const text = named.text.trim();
    const split = text === '' ? undefined : splitName(named.name);
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
export function joinParts(given: Parts, context: SplitContext): Sighting | undefined {
  const parts = context === 'image-map' ? given : withoutDoubtful(given);
  const pathPart = choosePath(parts, context);
  if (pathPart === undefined) return undefined;
  const fronts = frontsOf(parts, pathPart);
  const path = fullPath(fronts, pathPart);
  const version = versionCounts(parts, path, context) ? parts.version : undefined;
  const tagPart = parts.tag ?? version;
  if (path !== undefined && tagPart && isPlaceholder(tagPart.text)) {
    return { type: 'placeholder', text: `${path}:${tagPart.text}`, spot: pathPart.spot };
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
  const lost = lostHost(parts.host, path);
  if (lost) return lost;
  const used = [...fronts, pathPart, tagPart, parts.digest];
  return { type: 'image', image, spot: pathPart.spot, parts: used.flatMap((part) => (part ? [part.spot] : [])) };
}

/** Pods have namespaces, services hosts, and code organizations: outside a map called image only a registry says otherwise. */
function withoutDoubtful({ host: _, namespace: __, organization, ...parts }: Parts): Parts {
  return organization && parts.registry ? { ...parts, organization } : parts;
}

function choosePath(parts: Parts, context: SplitContext): NamedText | undefined {
  const { image, repository, name, registry } = parts;
  if (image) return image;
  if (repository) return name && context === 'image-map' && continues(name, repository, parts) ? name : repository;
  return context === 'image-map' || (registry && isRegistryPrefix(registry.text)) ? name : undefined;
}

/**
 * True where a name is the end of the path that a repository begins: `{registry, repository: core, name: amf}`. The items
 * of a list have names of their own, so there only a repository that is no path without one is continued.
 */
function continues(name: NamedText, repository: NamedText, { registry, host }: Parts): boolean {
  const shape = shapeOf(name.text);
  if (shape !== 'name-bare' && shape !== 'path-bare') return false;
  const path = withoutEnding(repository.text, '/');
  if (path === name.text || path.endsWith(`/${name.text}`)) return false;
  const isItem = typeof name.spot.path?.parent?.key === 'number';
  return !isItem || ((registry ?? host) !== undefined && !path.includes('/'));
}

/** What stands in front of a path, nearest first. Of hosts only those count that can be one: a URL may be a picture's. */
function frontsOf(parts: Parts, pathPart: NamedText): readonly NamedText[] {
  const { repository, organization, namespace, registry, host } = parts;
  // Docker Hub's paths have two parts, so without a registry a namespace before two more is the cluster's.
  const isPlace = (registry ?? host) !== undefined || !pathPart.text.includes('/');
  const place = organization ?? (isPlace ? namespace : undefined);
  const server = host && isRegistryPrefix(withoutEnding(host.text, '/')) ? host : undefined;
  return [repository, place, registry, server].flatMap((part) => (part && part !== pathPart ? [part] : []));
}

function versionCounts(parts: Parts, path: string | undefined, context: SplitContext): boolean {
  if (context === 'image-map' || parts.registry !== undefined) return true;
  if (parts.image !== undefined && parts.repository !== undefined) return true;
  return context === 'variables' && path !== undefined && shapeOf(path) === 'registry-bare';
}

/** What to say of a host that can not be one: without it the reference would be another image's. A URL may be anything. */
function lostHost(host: NamedText | undefined, path: string): Sighting | undefined {
  if (!host || host.text.includes('://') || /^registry/.test(shapeOf(path) ?? '')) return undefined;
  return { type: 'unreadable', reason: `it is not a registry that ${path} can be in`, spot: host.spot };
}

/** `host/registry/organization/repository/image`, each only where what follows does not begin with it or has a registry. */
function fullPath(fronts: readonly NamedText[], pathPart: NamedText): string | undefined {
  let path = pathPart.text;
  for (const front of fronts) {
    const prefix = withoutEnding(front.text, '/');
    if (prefix === '' || path === prefix || path.startsWith(`${prefix}/`) || /^registry/.test(shapeOf(path) ?? ''))
      continue;
    path = `${prefix}/${path}`;
  }
  // A registry alone is where images come from, not one of them.
  if (shapeOf(path) === undefined || (!path.includes('/') && isRegistryName(path))) return undefined;
  return path;
}

function digestText(text: string): string | undefined {
  if (parseDigest(text).ok) return text;
  return parseDigest(`sha256:${text}`).ok ? `sha256:${text}` : undefined;
}
