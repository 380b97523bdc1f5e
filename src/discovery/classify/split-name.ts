import { splitWords } from './split-words.ts';

/**
 * The part of a reference in a field, variable or flag. A `host` and a `namespace` only count in a map called image,
 * because they usually mean something else.
 */
export type ReferencePartName =
  | 'host'
  | 'registry'
  | 'organization'
  | 'namespace'
  | 'repository'
  | 'image'
  | 'name'
  | 'tag'
  | 'version'
  | 'digest';

/** Last words of names, longest first. `repoURL` next to a name is a registry and a namespace, not a web address. */
const partSuffixes: readonly (readonly [readonly string[], ReferencePartName])[] = (
  [
    ['image registry', 'registry'],
    ['docker registry', 'registry'],
    ['container registry', 'registry'],
    ['registry url', 'registry'],
    ['registry host', 'registry'],
    ['repo url', 'registry'],
    ['image namespace', 'organization'],
    ['registry namespace', 'organization'],
    ['registry organization', 'organization'],
    ['registry org', 'organization'],
    ['registry project', 'organization'],
    ['image organization', 'organization'],
    ['image org', 'organization'],
    ['image project', 'organization'],
    ['image repository', 'repository'],
    ['image repo', 'repository'],
    ['image name', 'image'],
    ['image name tag', 'image'],
    ['name tag', 'image'],
    ['new name', 'image'],
    ['new tag', 'tag'],
    ['image tag', 'tag'],
    ['image version', 'tag'],
    ['image digest', 'digest'],
    ['image sha256', 'digest'],
    ['image sha', 'digest'],
    ['registry', 'registry'],
    ['hub', 'registry'],
    ['host', 'host'],
    ['url', 'host'],
    ['organization', 'organization'],
    ['org', 'organization'],
    ['namespace', 'namespace'],
    ['project', 'namespace'],
    ['repository', 'repository'],
    ['repo', 'repository'],
    ['image', 'image'],
    ['name', 'name'],
    ['tag', 'tag'],
    ['version', 'version'],
    ['digest', 'digest'],
    ['sha256', 'digest'],
    ['sha', 'digest'],
  ] as const
).map(([ending, part]) => [ending.split(' '), part]);

/** A fast check that few names pass, because splitting a name is slower. */
const endingWord =
  /(?:registry|hub|url|host|organization|org|namespace|project|repository|repo|image|name|tag|version|digest|sha|sha256)$/i;

/** The part, and the stem: the rest of the name, which is equal for all parts of a reference. */
export function splitPartName(name: string): { readonly stem: string; readonly part: ReferencePartName } | undefined {
  if (!endingWord.test(name)) return undefined;
  // `image` and `defaultImageVersion` have the same stem.
  const words = splitWords(name).filter((word) => word !== 'default');
  for (const [ending, part] of partSuffixes) {
    const start = words.length - ending.length;
    if (start >= 0 && ending.every((word, index) => words[start + index] === word)) {
      return { stem: words.slice(0, start).join(' '), part };
    }
  }
  return undefined;
}
