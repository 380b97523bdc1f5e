import type { SourceLocation } from '../../core/errors.ts';
import type { Finding } from '../../core/findings.ts';
import type { ImageReference } from '../../core/oci/reference.ts';
import type { DiscoveredImage, ImageUse } from '../image-use.ts';
import type { PathSegment } from './path-steps.ts';

/** What the user rules about the images of the charts, in the order of the configuration. */
export interface Policy {
  readonly ignores: readonly Ignore[];
  readonly paths: readonly ConfiguredPath[];
  readonly required: readonly RequiredImage[];
  readonly extraImages: readonly ExtraImage[];
}

export const noPolicy: Policy = { ignores: [], paths: [], required: [], extraImages: [] };

/** Patterns (pattern.ts); each that is there has to match, and at least one is there. */
export interface IgnorePatterns {
  /** The reference as the chart writes it; without tag or digest it matches all of them. */
  readonly image?: string;
  /** Name or display path of the chart. */
  readonly chart?: string;
  /** As helm names it: `contoso/templates/a.yaml`. */
  readonly template?: string;
  readonly kind?: string;
  readonly name?: string;
  /** YAML path: `spec.containers[*].image`. */
  readonly path?: string;
}

/** Images, or what discovery finds wrong at a place, that the run leaves alone. */
export interface Ignore {
  readonly patterns: IgnorePatterns;
  readonly reason: string;
  /** The last day on which it holds, `YYYY-MM-DD`; undefined: for ever. */
  readonly until: string | undefined;
  readonly place: SourceLocation;
}

/** A field that names an image, and that no rule of discovery knows. */
export interface ConfiguredPath {
  readonly kind: string;
  /** A pattern, such as `operator.example/*`; undefined: of any group and version. */
  readonly apiVersion: string | undefined;
  /** As written: `spec.images[*].ref`. */
  readonly path: string;
  readonly steps: readonly PathSegment[];
  readonly place: SourceLocation;
}

/** An image, or a pattern of one, that the charts have to name. */
export interface RequiredImage {
  readonly pattern: string;
  readonly place: SourceLocation;
}

/** An image that the charts need and do not name. */
export interface ExtraImage {
  readonly reference: ImageReference;
  /** `extra-images[0]`. */
  readonly path: string;
  readonly place: SourceLocation;
}

/** What one ignore took away. */
export interface Ignored {
  readonly ignore: Ignore;
  /** Each with the uses that are ignored; an image may have others that are not. */
  readonly images: readonly Pick<DiscoveredImage, 'image' | 'uses'>[];
  readonly findings: readonly Finding[];
}

/** The place that patterns are held against. */
export type MatchTarget = Pick<ImageUse, 'chart' | 'chartPath' | 'template' | 'kind' | 'name' | 'path'>;
