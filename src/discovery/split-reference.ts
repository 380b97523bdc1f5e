import { parseDigest } from '../image/digest.ts';
import { isRegistryName, parseReference } from '../image/reference.ts';
import { withoutEnding } from './ending.ts';
import type { NamedText } from './named-text.ts';
import { isPlaceholder } from './placeholder.ts';
import { isRegistryPrefix, shapeOf } from './shape.ts';
import type { Sighting } from './sighting.ts';
import { type Part, splitName } from './split-name.ts';

export type Parts = Readonly<Partial<Record<Part, NamedText>>>;

/**
 * What is known of the parts besides their names: they stand in a map called image, in one called after a source of code
 * or charts (`git: {repository, tag}`), in any other, or among variables or flags.
 */
export type SplitContext = 'image-map' | 'map' | 'source-map' | 'variables';

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
export function joinParts(parts: Parts, context: SplitContext): Sighting | undefined {
  if (context === 'source-map' && parts.registry === undefined) return undefined;
  const pathPart = choosePath(parts, context);
  if (pathPart === undefined) return undefined;
  const path = fullPath(parts, pathPart);
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
  const used = [parts.registry, parts.repository, parts.image, pathPart, tagPart, parts.digest];
  return { type: 'image', image, spot: pathPart.spot, parts: used.flatMap((part) => (part ? [part.spot] : [])) };
}

function choosePath(parts: Parts, context: SplitContext): NamedText | undefined {
  const named = context === 'image-map' || (parts.registry !== undefined && isRegistryPrefix(parts.registry.text));
  return parts.image ?? parts.repository ?? (named ? parts.name : undefined);
}

function versionCounts(parts: Parts, path: string | undefined, context: SplitContext): boolean {
  if (context === 'image-map' || parts.registry !== undefined) return true;
  if (parts.image !== undefined && parts.repository !== undefined) return true;
  return context === 'variables' && path !== undefined && shapeOf(path) === 'registry-bare';
}

/** `registry/repository/image`, each only where what follows does not begin with it or with a registry of its own. */
function fullPath(parts: Parts, pathPart: NamedText): string | undefined {
  let path = pathPart.text;
  for (const front of [parts.repository, parts.registry]) {
    if (front === undefined || front === pathPart) continue;
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
