import type { Finding } from '../../core/findings.ts';
import { type DiscoveredImage, formatObjectName } from '../image-use.ts';
import { compileGlob } from './glob.ts';

/** What the run is for, as far as it decides what a reference must be. */
export interface ReferenceChecks {
  /** Patterns of tags. */
  readonly floatingTags: readonly string[];
  /** First components that the user lists as placeholders. */
  readonly placeholders: ReadonlySet<string>;
  /** AOSM overwrites registries if there is an input file of AOSM. */
  readonly registriesAre: 'used as written' | 'overwritten';
  /** AOSM documents that floating tags break deployments from an artifact store. */
  readonly target: 'registry' | 'artifact-store';
}

/** Findings about references themselves, without a registry, in the order of the images. Pure. */
export function referenceFindings(images: readonly DiscoveredImage[], checks: ReferenceChecks): readonly Finding[] {
  const isFloating = checks.floatingTags.map((pattern) => compileGlob(pattern, ''));
  return images.flatMap((image) => [
    ...floatingTag(image, (tag) => isFloating.some((matches) => matches(tag)), checks),
    ...placeholderRegistry(image, checks),
  ]);
}

/** A digest decides what is pulled, whatever the tag. In an artifact store, a missing tag is `latest`. */
function floatingTag(
  image: DiscoveredImage,
  isFloating: (tag: string) => boolean,
  { target }: ReferenceChecks,
): readonly Finding[] {
  const { tag, digest } = image.reference;
  const effective = tag ?? (target === 'artifact-store' ? 'latest' : undefined);
  if (digest !== undefined || effective === undefined || !isFloating(effective)) return [];
  const consequence =
    target === 'artifact-store'
      ? 'AOSM deployments with such a tag fail'
      : 'the same chart can run different images later';
  return [
    {
      code: 'floating-tag',
      severity: target === 'artifact-store' ? 'error' : 'warning',
      message: `${image.image} (${describeUse(image)}) has the floating tag "${effective}", so ${consequence}.`,
      advice:
        'Set a tag that is never moved, such as a version, or a digest. If the tag is never moved here, remove it from floating-tags in chart-images.yaml.',
      image: image.image,
      part: 'tag',
    },
  ];
}

/** As container runtimes read it: `ToBeReplaced` could be a host. */
const hostName = /^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?$/;

function placeholderRegistry(
  image: DiscoveredImage,
  { placeholders, registriesAre }: ReferenceChecks,
): readonly Finding[] {
  const { placeholder } = image.reference;
  if (placeholder === undefined || placeholders.has(placeholder) || registriesAre === 'overwritten') return [];
  const isRefused = image.confidence === 'certain' && !hostName.test(placeholder);
  const what =
    placeholder === ''
      ? 'starts with an empty registry: does the chart need values?'
      : `starts with the placeholder "${placeholder}", which no value replaced.`;
  return [
    {
      code: 'placeholder',
      severity: isRefused ? 'error' : 'warning',
      message: `${image.image} (${describeUse(image)}) ${what}`,
      advice:
        placeholder === ''
          ? 'Set the value of the registry, or remove the slash from the template.'
          : `Set the value that replaces it. If a later step replaces it, add ${placeholder} to placeholder-registries.`,
      image: image.image,
      part: 'registry',
    },
  ];
}

function describeUse({ uses: [first] }: DiscoveredImage): string {
  return first === undefined ? 'no template' : `${formatObjectName(first)}, ${first.path}`;
}
