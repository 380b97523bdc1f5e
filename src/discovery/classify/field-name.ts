import { splitWords } from './split-words.ts';

/**
 * What the name of a field, variable or flag says about its value: an `image`; an `aspect` of one (its tag, where it is)
 * or `nothing`, so that the value has to be unmistakable; or something else, which is not looked at however it is written.
 */
export type FieldMeaning = 'image' | 'aspect' | 'nothing' | 'not-image';

function setOf(words: string): ReadonlySet<string> {
  return new Set(words.split(/\s+/));
}

/** Words that make of an image's name something else altogether. */
const nonImageWords = setOf(
  `policy secret secrets credential credentials auth token password username label labels annotation annotations selector
   namespace namespaces taint taints toleration tolerations host hosts port ports endpoint endpoints address addresses`,
);

/** Names of prose, addresses and other kinds of package. After the word image they do not count: `imageURL`. */
const withoutImage = setOf(
  `description descriptions example examples usage help doc docs documentation comment title summary message note notes
   url urls uri uris link href chart charts modules plugins`,
);

/** Policies name images to judge them, not to run them. */
const policyWords = setOf(
  `allow allowed allowlist blacklist deny denied disallowed exclude excluded excludes exempt exempted forbid forbidden
   ignore ignored whitelist`,
);

/** These judge only where the name has no other meaning to give: devices have blocks, and tests are skipped. */
const weakPolicyWords = setOf('block blocked skip');

/** What policies judge: `allowedRepos`, `exemptImageTags`. */
const policySubjects =
  /^(?:images?|tags?|digests?|repos?|repository|repositories|registry|registries|references?|list)$/;

/** Most names are decided without splitting them. */
const judgementLetters = /allow|list|den[iy]|exclu|exempt|forbid|ignore/i;

/** True for names of maps and lists that judge what stands in them: `allowedRepos`, `exclude`; not of `denyServer`. */
export function isPolicyField(name: string): boolean {
  if (!judgementLetters.test(name)) return false;
  const words = splitWords(name);
  return (
    words.some((word) => policyWords.has(word)) &&
    words.every((word) => policyWords.has(word) || policySubjects.test(word))
  );
}

/** True for kinds that say where images may come from, or come from instead, and run none: `ImageTagMirrorSet`. */
export function isPolicyKind(kind: string): boolean {
  const words = splitWords(kind);
  if (words.some((word) => policyWords.has(word))) return true;
  const image = words.indexOf('image');
  return image >= 0 && words.slice(image + 1).some((word) => word === 'policy' || word === 'mirror');
}

/** An image that a machine starts from, unless a whole reference says otherwise: some systems are shipped as images. */
const machines = setOf('boot disk machine vm');

/** Words for a part or a property of an image. A whole reference there is still one, less than that is not. */
const imageProperties = setOf(
  `tag tags version versions digest digests sha sha256 registry registries repository repositories repo repos hub org
   organization base root server service user key prefix suffix type kind format size width height scale enabled disabled
   count limit timeout interval path dir directory folder file stream streams mirror mirrors signature command args arch
   architecture platform os id`,
);

/** Repositories of code, charts and packages have tags and versions as well. */
const sources = setOf('chart code git github gitlab helm maven module npm pypi repo scm source terraform');

/**
 * True for names of things that are fetched but not run: `git`, `appChart`, `TERRAFORM_MODULE`, `sources`. The last word
 * says what a thing is: `gitSync` and `sourceController` are programs.
 */
export function namesSource(name: string): boolean {
  const last = splitWords(name).at(-1) ?? '';
  return sources.has(last) || sources.has(last.replace(/s$/, ''));
}

/** True for names with the word image in them, whatever they say of it. */
export function mentionsImage(name: string): boolean {
  return splitWords(name).some(isImageWord);
}

function isImageWord(word: string): boolean {
  return word.endsWith('image') || word.endsWith('images');
}

/**
 * `image`, `sidecarImage`, `imageName` and `image-ref` name an image; `imagePullPolicy` and `allowedImages` do not;
 * `imageTag` is an aspect. The operator framework's `RELATED_IMAGE_` may be followed by any name.
 */
export function classifyFieldName(name: string): FieldMeaning {
  const words = splitWords(name);
  if (words[0] === 'related' && words[1] === 'image') return 'image';
  if (words.some((word) => policyWords.has(word) || weakPolicyWords.has(word))) return 'not-image';
  const last = words.findLastIndex(isImageWord);
  const rest = words.slice(last + 1);
  if (rest.some((word) => nonImageWords.has(word))) return 'not-image';
  // OpenShift's ImageStreamTag is an object of the cluster.
  if (last >= 0 && /^streams?$/.test(rest[0] ?? '')) return 'not-image';
  if (last < 0 && words.some((word) => withoutImage.has(word))) return 'not-image';
  if (rest.some((word) => imageProperties.has(word)) || machines.has(words[last - 1] ?? '')) return 'aspect';
  return last < 0 ? 'nothing' : 'image';
}
