import { wordsOf } from './words.ts';

/** What the name of a field, variable or flag says about its value. */
export type NameMeaning = 'image' | 'nothing' | 'not-image';

/** Words that make of an image's name something else: how, from where, as whom or which part of it. */
const aspects: ReadonlySet<string> = new Set(
  `policy secret secrets credential credentials auth token password username user key tag tags version versions
   digest digests sha sha256 registry registries repository repositories repo repos hub host hosts port ports endpoint
   endpoints address server service namespace prefix suffix type kind format size width height scale label labels
   annotation annotations selector enabled disabled count limit timeout interval dir directory folder file stream
   streams mirror mirrors signature command args arch architecture platform os id`.split(/\s+/),
);

/** Policies name images to judge them, not to run them. */
const judgements: ReadonlySet<string> = new Set(
  'allow allowed allowlist exempt exempted exclude excluded excludes ignore ignored deny denied block blocked forbid forbidden skip whitelist blacklist'.split(
    ' ',
  ),
);

/** Names whose values are prose, addresses or other kinds of package, however much they look like a reference. */
const otherThings: ReadonlySet<string> = new Set(
  'description descriptions example examples usage help doc docs documentation comment title summary message note notes url urls uri uris link href chart charts'.split(
    ' ',
  ),
);

function isImageWord(word: string): boolean {
  return word.endsWith('image') || word.endsWith('images');
}

/**
 * `image`, `sidecarImage`, `RELATED_IMAGE_PROXY`, `imageName` and `image-ref` name an image; `imagePullPolicy`,
 * `imageTag` and `allowedImages` do not, and their values are not looked at.
 */
export function meaningOf(name: string): NameMeaning {
  const words = wordsOf(name);
  if (words.some((word) => judgements.has(word))) return 'not-image';
  const last = words.findLastIndex(isImageWord);
  if (last >= 0) return words.slice(last + 1).some((word) => aspects.has(word)) ? 'not-image' : 'image';
  return words.some((word) => aspects.has(word) || otherThings.has(word)) ? 'not-image' : 'nothing';
}
