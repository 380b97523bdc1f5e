import { looksLikeRegistryHost, parseReference } from '../../core/oci/reference.ts';

/**
 * How much of a reference a text is, as the place alone cannot tell: `registry` has a host, `path` a slash, `name`
 * neither; `tagged` has a tag or a digest.
 */
export type ReferenceForm =
  | 'registry-tagged'
  | 'path-tagged'
  | 'name-tagged'
  | 'registry-bare'
  | 'path-bare'
  | 'name-bare';

/** Files in a web page's or a virtual machine's sense of "image", and archives. */
const fileSuffix =
  /\.(?:png|jpe?g|gif|svg|webp|ico|bmp|iso|img|qcow2?|raw|vmdk|vhdx?|ova|gz|xz|tgz|zip|tar|bin|pdf|html?|json|ya?ml|txt|sh|py|js|css|so|conf|cfg|crt|pem)$/;

/** `image/png` and its kin: the top-level types of RFC 6838 that no namespace of images goes by. */
const mediaType = /^(?:application|audio|font|image|multipart|text|video)\/[^/]+$/;

/** The shape of a text that parses as a reference, else undefined. */
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
 * True for a reference that needs no name beside it: a digest, or a registry with a public name, a path and a tag.
 * Not `backend.default.svc:9090/api/v1:watch`, an address inside the cluster; not `example.com/role:edge`, a label or
 * taint, nor `example.com/gpu:1`, a resource, which have the form of a reference with a path of one part. That needs a tag
 * that is a whole version, or a host that calls itself a registry.
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
  return host === 'localhost' || (/\.[a-z]{2,}$/.test(host) && !closedDomain.test(host));
}

/** `1.2`, `v1.2.3-alpine`, a date of eight digits, `latest`: no number of things, and no group of an API. */
function isFullVersion(tag: string): boolean {
  return /\d\.\d|^\d{8}/.test(tag) || tag === 'latest';
}

/** Hosts of which a label says registry, also shortened: `registry.example.com`, `ghcr.io`, `team.azurecr.io`. */
const registryHost = /(?:^|\.)(?:[a-z0-9-]*registry[a-z0-9-]*|docker|[a-z0-9-]*cr)\./;

/** Domains of addresses inside a cluster, and of names that Kubernetes reserves for its labels (kubernetes.io). */
const closedDomain = /\.(?:svc|local|internal|cluster|default)$|(?:^|\.)kubernetes\.io$/;

/** True for `namespace/name:version`, where the tag can be nothing but a version. */
export function isVersionedPath(text: string): boolean {
  const parsed = parseReference(text);
  if (!parsed.ok || parsed.value.registry !== undefined || !parsed.value.repository.includes('/')) return false;
  const { tag, digest } = parsed.value;
  return digest !== undefined || (tag !== undefined && /^(?:v?\d+(?:\.\d+)+(?:[-_.+].*)?|v\d+|latest)$/.test(tag));
}

/** Three to five digits after a colon are a port: `metrics:8080`. Tags of one or two digits, and dates, are versions. */
export function isPort(tag: string): boolean {
  return /^\d{3,5}$/.test(tag);
}

/** True for a registry's host, with or without a path below it: `docker.io`, `quay.io/mongodb`. */
export function isRegistryPrefix(text: string): boolean {
  const first = text.split('/')[0] ?? '';
  return looksLikeRegistryHost(first) && parseReference(`${text}/x`).ok;
}
