import { splitWords } from './split-words.ts';

/**
 * What the name of a field, variable or flag says about its value: an `image`; an `aspect` of one (such as its tag) or
 * `nothing`, so that the value must be unambiguous; or `not-image`, which is never read.
 */
export type FieldMeaning = 'image' | 'aspect' | 'nothing' | 'not-image';

function setOf(words: string): ReadonlySet<string> {
  return new Set(words.split(/\s+/));
}

/** Words after image that mean something else. */
const nonImageWords = setOf(
  `policy secret secrets credential credentials auth token password username label labels annotation annotations selector
   namespace namespaces taint taints toleration tolerations host hosts port ports endpoint endpoints address addresses`,
);

/** Prose, addresses, and other kinds of packages, unless the word image is before them: `imageURL`. */
const withoutImage = setOf(
  `description descriptions example examples usage help doc docs documentation comment title summary message note notes
   url urls uri uris link href chart charts modules plugins`,
);

/** Policies name images to allow or forbid them, not to run them. */
const policyWords = setOf(
  `allow allowed allowlist blacklist deny denied disallowed exclude excluded excludes exempt exempted forbid forbidden
   ignore ignored whitelist`,
);

/** Policy words only in names with no other meaning: devices have blocks, and tests are skipped. */
const weakPolicyWords = setOf('block blocked skip');

/** Words after a policy word: `allowedRepos`, `exemptImageTags`. */
const policySubjects =
  /^(?:images?|tags?|digests?|repos?|repository|repositories|registry|registries|references?|list)$/;

/** A fast check, so that most names are not split. */
const policyLetters = /allow|list|den[iy]|exclu|exempt|forbid|ignore/i;

/** True for maps and lists of policies: `allowedRepos`, `exclude`; not for `denyServer`. */
export function isPolicyField(name: string): boolean {
  if (!policyLetters.test(name)) return false;
  const words = splitWords(name);
  return (
    words.some((word) => policyWords.has(word)) &&
    words.every((word) => policyWords.has(word) || policySubjects.test(word))
  );
}

/** True for kinds that allow or redirect registries, and run no image: `ImageTagMirrorSet`. */
export function isPolicyKind(kind: string): boolean {
  const words = splitWords(kind);
  if (words.some((word) => policyWords.has(word))) return true;
  const image = words.indexOf('image');
  return image >= 0 && words.slice(image + 1).some((word) => word === 'policy' || word === 'mirror');
}

/** Images of virtual machines, unless the value is a complete reference. */
const machines = setOf('boot disk machine vm');

/** Pictures, unless the value is a complete reference. */
const pictures = setOf('avatar background banner cover favicon icon logo photo picture screenshot thumbnail wallpaper');

/** True for the map of a picture: `logo: {image: a:1}`. */
export function namesPicture(name: string): boolean {
  return pictures.has(splitWords(name).at(-1) ?? '');
}

/** Parts and properties of an image. Only a complete reference in such a field counts. */
const imageProperties = setOf(
  `tag tags version versions digest digests sha sha256 registry registries repository repositories repo repos hub org
   organization base root server service user key prefix suffix type kind format size width height scale enabled disabled
   count limit timeout interval path dir directory folder file stream streams mirror mirrors signature command args arch
   architecture platform os id`,
);

/** Code, charts and packages have repositories, tags and versions too. */
const sources = setOf('chart code git github gitlab helm maven module npm pypi repo scm source terraform');

/**
 * True for names of things that are downloaded but not run: `git`, `appChart`, `TERRAFORM_MODULE`, `sources`. Only the
 * last word counts: `gitSync` and `sourceController` are programs.
 */
export function namesSource(name: string): boolean {
  const last = splitWords(name).at(-1) ?? '';
  return sources.has(last) || sources.has(last.replace(/s$/, ''));
}

export function mentionsImage(name: string): boolean {
  return splitWords(name).some(isImageWord);
}

function isImageWord(word: string): boolean {
  return word.endsWith('image') || word.endsWith('images');
}

/**
 * `image`, `sidecarImage`, `imageName` and `image-ref` are images; `imagePullPolicy` and `allowedImages` are not;
 * `imageTag` is an aspect. `RELATED_IMAGE_` of the operator framework can be followed by any name.
 */
export function classifyFieldName(name: string): FieldMeaning {
  const words = splitWords(name);
  if (words[0] === 'related' && words[1] === 'image') return 'image';
  if (words.some((word) => policyWords.has(word) || weakPolicyWords.has(word))) return 'not-image';
  const last = words.findLastIndex(isImageWord);
  const rest = words.slice(last + 1);
  if (rest.some((word) => nonImageWords.has(word))) return 'not-image';
  // ImageStreamTag is an OpenShift object.
  if (last >= 0 && /^streams?$/.test(rest[0] ?? '')) return 'not-image';
  if (last < 0 && words.some((word) => withoutImage.has(word))) return 'not-image';
  const before = words[last - 1] ?? '';
  if (machines.has(before) || pictures.has(before)) return 'aspect';
  if (rest.some((word) => imageProperties.has(word) || pictures.has(word))) return 'aspect';
  return last < 0 ? 'nothing' : 'image';
}
