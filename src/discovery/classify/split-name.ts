import { splitWords } from './split-words.ts';

/**
 * The part of a reference that a field, variable or flag holds when the reference is split over several. A `host` and a
 * `namespace` are parts of one only where nothing else can be meant: in a map called image.
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

/** Last words of names, longest first. `repoURL` beside a name holds a registry and a namespace, not a web address. */
const partSuffixes: readonly (readonly [readonly string[], ReferencePartName])[] = (
  [
    ['image registry', 'registry'],
    ['docker registry', 'registry'],
    ['container registry', 'registry'],
    ['registry url', 'registry'],
    ['registry host', 'registry'],
    ['repo url', 'registry'],
    ['image namespace', 'organization'],
    ['image organization', 'organization'],
    ['image org', 'organization'],
    ['image project', 'organization'],
    ['image repository', 'repository'],
    ['image repo', 'repository'],
    ['image name', 'image'],
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

/** Taking a name apart costs more than this look at its end, which few names pass. */
const endingWord =
  /(?:registry|hub|url|host|organization|org|namespace|project|repository|repo|image|name|tag|version|digest|sha|sha256)$/i;

/** The part that a name says, and its stem: what is left of the name, which the parts of one reference share. */
export function splitPartName(name: string): { readonly stem: string; readonly part: ReferencePartName } | undefined {
  if (!endingWord.test(name)) return undefined;
  // `image` and `defaultImageVersion` go together.
  const words = splitWords(name).filter((word) => word !== 'default');
  for (const [ending, part] of partSuffixes) {
    const start = words.length - ending.length;
    if (start >= 0 && ending.every((word, index) => words[start + index] === word)) {
      return { stem: words.slice(0, start).join(' '), part };
    }
  }
  return undefined;
}
