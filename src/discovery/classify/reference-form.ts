import { looksLikeRegistryHost, parseReference, parseTemplateReference } from '../../core/oci/reference.ts';

/**
 * The parts that a reference has: `registry` has a host, `path` a slash, `name` neither; `tagged` has a tag or a
 * digest.
 */
export type ReferenceForm =
  | 'registry-tagged'
  | 'path-tagged'
  | 'name-tagged'
  | 'registry-bare'
  | 'path-bare'
  | 'name-bare';

/** Pictures, images of virtual machines, archives, and other files. */
const fileSuffix =
  /\.(?:png|jpe?g|gif|svg|webp|ico|bmp|iso|img|qcow2?|raw|vmdk|vhdx?|ova|gz|xz|tgz|zip|tar|bin|pdf|html?|json|ya?ml|txt|sh|py|js|css|so|conf|cfg|crt|pem)$/;

/** Top-level media types (RFC 6838), as in `image/png`. */
const mediaType = /^(?:application|audio|font|image|multipart|text|video)\/[^/]+$/;

/** Undefined if the text is not a reference. */
export function classifyReference(text: string): ReferenceForm | undefined {
  const parsed = parseReference(text);
  if (!parsed.ok) return undefined;
  const { registry, repository: path, tag, digest } = parsed.value;
  const tagged = tag !== undefined || digest !== undefined;
  if (!tagged && mediaType.test(text)) return undefined;
  if (!tagged && fileSuffix.test(path)) return undefined;
  if (registry !== undefined) return tagged ? 'registry-tagged' : 'registry-bare';
  if (path.includes('/')) return tagged ? 'path-tagged' : 'path-bare';
  return tagged ? 'name-tagged' : 'name-bare';
}

/**
 * True for `OVERWRITE_ME/app:1.0`, and in a container for `/app:1.0`, whose registry is empty. Elsewhere, the latter
 * can be a path of a web server.
 */
export function hasPlaceholderRegistry(text: string, context: 'container' | 'field' | 'text'): boolean {
  const parsed = parseTemplateReference(text);
  if (!parsed.ok || parsed.value.placeholder === undefined || context === 'text') return false;
  const { placeholder, repository, tag, digest } = parsed.value;
  if (tag === undefined && digest === undefined) return false;
  return context === 'container' || (placeholder !== '' && !fileSuffix.test(repository) && !isPort(tag ?? ''));
}

/**
 * True for a reference that needs no field name: a digest, or a public registry, a path and a tag. Excludes cluster
 * addresses (`backend.default.svc:9090/api/v1:watch`), labels (`example.com/role:edge`) and resources
 * (`example.com/gpu:1`): a path of one part needs a tag that is a full version, or a host name that means registry.
 */
export function isUnambiguous(text: string): boolean {
  const parsed = parseReference(text);
  if (!parsed.ok) return false;
  const { registry, repository: path, tag, digest } = parsed.value;
  if (digest !== undefined) return registry !== undefined || path.includes('/');
  if (registry === undefined || tag === undefined || isPort(tag)) return false;
  const [host = '', port] = registry.split(':');
  if (port !== undefined && !/\d/.test(tag) && tag !== 'latest') return false;
  if (!path.includes('/') && !isFullVersion(tag) && !(registryHost.test(host) && /\d/.test(tag))) return false;
  return host === 'localhost' || (/\.[a-z]{2,}$/.test(host) && !internalDomain.test(host));
}

/** `1.2`, `v1.2.3-alpine`, a date of eight digits, `latest`; not a count or an API version. */
function isFullVersion(tag: string): boolean {
  return /\d\.\d|^\d{8}/.test(tag) || tag === 'latest';
}

/**
 * Host names with a label that means registry, also abbreviated: `registry.example.com`, `ghcr.io`, `team.azurecr.io`.
 */
const registryHost = /(?:^|\.)(?:[a-z0-9-]*registry[a-z0-9-]*|docker|[a-z0-9-]*cr)\./;

/** Domains inside a cluster, and kubernetes.io, which is reserved for labels. */
const internalDomain = /\.(?:svc|local|internal|cluster|default)$|(?:^|\.)kubernetes\.io$/;

/** True for `namespace/name:version`, if the tag is clearly a version. */
export function isVersionedPath(text: string): boolean {
  const parsed = parseReference(text);
  if (!parsed.ok || parsed.value.registry !== undefined || !parsed.value.repository.includes('/')) return false;
  const { tag, digest } = parsed.value;
  return digest !== undefined || (tag !== undefined && /^(?:v?\d+(?:\.\d+)+(?:[-_.+].*)?|v\d+|latest)$/.test(tag));
}

/** A port has three to five digits: `metrics:8080`. Shorter numbers and dates are versions. */
export function isPort(tag: string): boolean {
  return /^\d{3,5}$/.test(tag);
}

/** True for a registry host with an optional path: `docker.io`, `quay.io/mongodb`. */
export function isRegistryPrefix(text: string): boolean {
  const first = text.split('/')[0] ?? '';
  return looksLikeRegistryHost(first) && parseReference(`${text}/x`).ok;
}
