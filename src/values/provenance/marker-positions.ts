/**
 * Where a text that may be part of a reference can carry a mark and stay what it is: a host a host, a version a version,
 * a digest a digest. `join` stands between the text and the mark; with a `length`, the mark stands for so many characters.
 */
export interface MarkerPosition {
  /** Offset in the text. */
  readonly at: number;
  readonly length: number;
  readonly join: '' | '-' | '.' | '.0.';
}

const hexOfDigest = /(?<![0-9a-f])(?:[0-9a-f]{128}|[0-9a-f]{64})(?![0-9a-f])/;

/** The points of a reference or a part of one: the end of its host or else its path, its tag, its digest. */
export function markerPositions(text: string): readonly MarkerPosition[] {
  const start = text.search(/[A-Za-z0-9]/);
  const end = text.length - (/(?<![^A-Za-z0-9])[^A-Za-z0-9]*$/.exec(text)?.[0].length ?? 0);
  if (start < 0 || end <= start) return [];
  const hex = hexOfDigest.exec(text);
  const digestAt = hex === null ? undefined : text.lastIndexOf('@', hex.index);
  const named = digestAt === undefined ? end : digestAt;
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

/** Before the last label: what asks for a public name looks at the end, what asks for a registry by name at the start. */
function positionInHost(host: string, offset: number): MarkerPosition {
  const dot = host.lastIndexOf('.');
  return insertion(offset + (dot < 0 ? host.length : dot), '-');
}

/**
 * A version stays one of nearly the same age: charts compare tags with `semverCompare`. Only the patch number grows, and
 * begins with the mark, because numbers of versions must not begin with a zero.
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
