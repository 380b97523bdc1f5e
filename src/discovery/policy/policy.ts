import type { SourceLocation } from '../../core/errors.ts';
import type { Finding } from '../../core/findings.ts';
import type { ImageReference } from '../../core/oci/reference.ts';
import type { DiscoveredImage, ImageUse } from '../image-use.ts';
import type { PathSegment } from './path-steps.ts';

/** The user's rules for images, in the order of the configuration. */
export interface Policy {
  readonly ignores: readonly Ignore[];
  readonly paths: readonly ConfiguredPath[];
  readonly required: readonly RequiredImage[];
  readonly extraImages: readonly ExtraImage[];
  /** Patterns (glob.ts) of tags that move. */
  readonly floatingTags: readonly string[];
}

/** Tags that move to new content. AOSM names `latest`, `dev` and `stable` ("Helm package requirements"). */
export const defaultFloatingTags: readonly string[] = [
  'latest',
  'main',
  'master',
  'dev',
  'edge',
  'nightly',
  'stable',
  '*-SNAPSHOT',
];

export const noPolicy: Policy = {
  ignores: [],
  paths: [],
  required: [],
  extraImages: [],
  floatingTags: defaultFloatingTags,
};

/** Patterns (glob.ts). At least one is set, and all that are set must match. */
export interface IgnorePatterns {
  /** The reference as written in the chart; without a tag or digest, it matches all of them. */
  readonly image?: string;
  /** Name or display path of the chart. */
  readonly chart?: string;
  /** As Helm names it: `contoso/templates/a.yaml`. */
  readonly template?: string;
  readonly kind?: string;
  readonly name?: string;
  /** YAML path: `spec.containers[*].image`. */
  readonly path?: string;
}

/** Excludes images and findings from the run. */
export interface Ignore {
  readonly patterns: IgnorePatterns;
  readonly reason: string;
  /** The last valid day, `YYYY-MM-DD`; undefined means no expiry. */
  readonly until: string | undefined;
  readonly location: SourceLocation;
}

/** A field with an image that no built-in rule finds. */
export interface ConfiguredPath {
  readonly kind: string;
  /** A pattern, such as `operator.example/*`; undefined means any group and version. */
  readonly apiVersion: string | undefined;
  /** As written: `spec.images[*].ref`. */
  readonly path: string;
  readonly steps: readonly PathSegment[];
  readonly location: SourceLocation;
}

/** An image that the charts must contain. */
export interface RequiredImage {
  readonly pattern: string;
  readonly location: SourceLocation;
}

/** An image that the charts need at run time but do not contain. */
export interface ExtraImage {
  readonly reference: ImageReference;
  /** `extra-images[0]`. */
  readonly path: string;
  readonly location: SourceLocation;
}

/** The images and findings that one rule removed. */
export interface Ignored {
  readonly ignore: Ignore;
  /** With the ignored uses only; an image can have other uses. */
  readonly images: readonly Pick<DiscoveredImage, 'image' | 'uses'>[];
  readonly findings: readonly Finding[];
}

/** The position that patterns are compared with. */
export type MatchTarget = Pick<ImageUse, 'chart' | 'chartPath' | 'template' | 'kind' | 'name' | 'path'>;

const severities = { required: 'error', 'expired-rule': 'warning', 'unused-rule': 'notice' } as const;

/** A finding about a rule of the user's, at its place in the configuration. */
export function ruleFinding(
  code: keyof typeof severities,
  message: string,
  advice: string,
  location: SourceLocation,
): Finding {
  const { file, line } = location;
  return { code, severity: severities[code], message, advice, file, ...(line === undefined ? {} : { line }) };
}
