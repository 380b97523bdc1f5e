import { splitWords } from '../../discovery/classify/split-words.ts';
import { type Replacement, replacementsBetween } from '../provenance/replaced-texts.ts';
import type { RenderedChange } from './rendered-changes.ts';

/**
 * `expected`: an image or a registry moves, or a checksum follows. `harmful`: a name, a label, a host, an argument, or
 * a document changes, which Kubernetes or the program may refuse. `unexplained`: anything else.
 */
export type ChangeVerdict = 'expected' | 'harmful' | 'unexplained';

/** What an overlay may do to a rendering. */
export interface ExpectedChanges {
  /** Images, registries, and repositories with their texts in the target. */
  readonly replacements: readonly Replacement[];
  /** Texts that an empty value gets. */
  readonly additions: readonly string[];
  /** Names of images in the target, with tag and digest. */
  readonly images: ReadonlySet<string>;
}

/** Pure. */
export function judgeChange(change: RenderedChange, expected: ExpectedChanges): ChangeVerdict {
  const { before, after, kind, keys } = change;
  if (keys.length === 0) return 'harmful';
  // The key of a map is the image.
  if (before === undefined || after === undefined) return 'unexplained';
  if (withoutHashes(before) === withoutHashes(after)) return 'expected';
  if (kind === 'Secret' && keys[0] === 'data') {
    const decoded = { ...change, kind: '', before: decode(before), after: decode(after) };
    return judgeChange(decoded, expected);
  }
  const isImage = expected.images.has(after) || hasImageName(change);
  if (isProtected(change) && !isImage) return 'harmful';
  if (isImage && (expected.additions.includes(after) || before === '')) return 'expected';
  if (before === '' && expected.additions.some((text) => after.replace(/\/$/, '') === text)) return 'expected';
  const used = replacementsBetween(before, after, expected.replacements);
  if (used === undefined) return 'unexplained';
  // A registry as the host of an address: a mirror has no such service, and its namespace is no part of a host.
  if (used.some(({ at, from }) => before.slice(0, at).endsWith('://') && !from.includes('/'))) return 'harmful';
  return isImage || used.every(({ from }) => /[/.:]/.test(from)) ? 'expected' : 'harmful';
}

/** Of checksums in annotations and in generated names. */
function withoutHashes(text: string): string {
  return text.replaceAll(
    /(?<![0-9A-Za-z])(?=[0-9a-f]*\d)[0-9a-f]{8,128}(?![0-9A-Za-z])/g,
    ({ length }) => `#${length}`,
  );
}

function decode(text: string): string {
  return Buffer.from(text, 'base64').toString();
}

const imageKeys = /image|repositor|registr|^repos?$|^hub$|^tag$/i;

function hasImageName({ keys, label }: RenderedChange): boolean {
  const names = keys.filter((key) => typeof key === 'string').slice(-2);
  const named = names.at(-1) === 'value' && label !== undefined ? [label] : names;
  // `image: { name: … }`, but not the name of a thing with images.
  return named.some((name) => imageKeys.test(name)) && !isObjectName(keys);
}

/** Keys whose scalars Kubernetes or another program looks up. */
const nameWords: ReadonlySet<string> = new Set(
  'name names namespace host hosts hostname hostnames subdomain'.split(' '),
);
const labelKeys: ReadonlySet<string | number> = new Set(['labels', 'matchLabels', 'selector', 'nodeSelector']);

function isProtected({ keys }: RenderedChange): boolean {
  if (isObjectName(keys) || keys.some((key) => labelKeys.has(key))) return true;
  const last = keys.findLast((key) => typeof key === 'string') ?? '';
  return nameWords.has(splitWords(last).at(-1) ?? '') || /dnsNames$/i.test(last);
}

/** Of an object or a container. */
function isObjectName(keys: RenderedChange['keys']): boolean {
  const [last, before, list] = [keys.at(-1), keys.at(-2), keys.at(-3)];
  if (last === 'name' && typeof before === 'number') return /containers$|^env$|^ports$|^volumes$/i.test(String(list));
  return before === 'metadata' && (last === 'name' || last === 'namespace' || last === 'generateName');
}
