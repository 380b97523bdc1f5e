/**
 * Position for a marker that keeps the kind of the text: hosts, versions, and digests stay valid. `join` separates
 * text and marker. With `length`, the marker replaces that many characters.
 */
export interface MarkerPosition {
  readonly at: number;
  readonly length: number;
  readonly join: '' | '-' | '.' | '.0.';
}

const hexOfDigest = /(?<![0-9a-f])(?:[0-9a-f]{128}|[0-9a-f]{64})(?![0-9a-f])/;

/** Positions in a reference or a part of it: at the end of its host or path, in its tag, and in its digest. */
export function markerPositions(text: string): readonly MarkerPosition[] {
  const start = text.search(/[A-Za-z0-9]/);
  const end = text.length - (/(?<![^A-Za-z0-9])[^A-Za-z0-9]*$/.exec(text)?.[0].length ?? 0);
  if (start < 0 || end <= start) return [];
  const hex = hexOfDigest.exec(text);
  const digestAt = hex === null ? undefined : text.lastIndexOf('@', hex.index);
  // Some charts have the algorithm in the repository and the digest in the tag.
  const algorithmAt = /@sha(?:256|512)$/.exec(text)?.index;
  const named = digestAt ?? algorithmAt ?? end;
  const digest: MarkerPosition[] = hex === null ? [] : [{ at: hex.index, length: hex[0].length, join: '' }];
  return named <= start ? digest : [...positionsInName(text.slice(start, named), start), ...digest];
}

function positionsInName(name: string, offset: number): readonly MarkerPosition[] {
  const colon = name.indexOf(':', name.lastIndexOf('/') + 1);
  const isWord = !name.includes('/');
  if (colon < 0) return [isWord ? positionInWord(name, offset) : insertion(offset + name.length, '-')];
  const tag = positionInWord(name.slice(colon + 1), offset + colon + 1);
  if (isWord && isHostWithPort(name)) return [positionInHost(name.slice(0, colon), offset)];
  return [insertion(offset + colon, '-'), tag];
}

function positionInWord(word: string, offset: number): MarkerPosition {
  if (isVersion(word)) return positionInVersion(word, offset);
  return isHost(word) ? positionInHost(word, offset) : insertion(offset + word.length, '-');
}

/** Before the last label, because charts check the end for public names and the start for known registries. */
function positionInHost(host: string, offset: number): MarkerPosition {
  const dot = host.lastIndexOf('.');
  return insertion(offset + (dot < 0 ? host.length : dot), '-');
}

/**
 * Keeps major and minor, because charts compare tags with `semverCompare`. The patch starts with the marker, because
 * version numbers cannot start with zero.
 */
function positionInVersion(version: string, offset: number): MarkerPosition {
  const core = /^v?\d+(?:\.\d+)*$/i.test(version) ? version.split('.').length : 0;
  const end = offset + version.length;
  if (core === 1) return insertion(end, '.0.');
  if (core === 3) return insertion(offset + version.lastIndexOf('.') + 1, '');
  return insertion(end, '.');
}

function insertion(at: number, join: MarkerPosition['join']): MarkerPosition {
  return { at, length: 0, join };
}

function isHostWithPort(text: string): boolean {
  return /^(?:localhost|[^:/.]*\.[^:/]*):\d{2,5}$/.test(text);
}

function isHost(word: string): boolean {
  return word === 'localhost' || /^[a-z0-9.-]+\.[a-z]{2,}$/i.test(word);
}

/** `1.25`, `v3`, `2024.01.31-alpine`, `17-debian-12`. */
export function isVersion(word: string): boolean {
  return /^v?\d+(?:\.\d+)*(?:[-_.+].*)?$/i.test(word);
}
