import type { SourceLocation } from '../core/errors.ts';
import type { Finding } from '../core/findings.ts';
import type { ImageReference } from '../core/oci/reference.ts';
import type { Confidence } from './classify/confidence.ts';

/** One position in a rendered chart that refers to an image. */
export interface ImageUse {
  /** The reference as written. */
  readonly image: string;
  /** Chart name. */
  readonly chart: string;
  /** Display path of the chart. */
  readonly chartPath: string;
  /** Value sets whose rendering has this use. */
  readonly valueSets: readonly string[];
  /** As Helm names it: `contoso/templates/a.yaml`, `parent/charts/sub/templates/b.yaml`. */
  readonly template: string;
  /** The template below the path of the chart, for people, if another chart of the run has the same name. */
  readonly shownTemplate?: string;
  readonly kind: string;
  readonly name: string;
  /**
   * YAML path: `spec.template.spec.containers[0].image`; in an embedded document, the paths of the text and inside it:
   * `data["a.yaml"] > spec.image`.
   */
  readonly path: string;
  /** 1-based line of the value in the text that `helm template` prints for the first value set. */
  readonly line: number;
  /** The rule that found it, for example `pod-spec`. */
  readonly rule: string;
  readonly confidence: Confidence;
  /** The position in the configuration, for a use that is not in a rendering. */
  readonly declaredAt?: SourceLocation;
  /**
   * For a use that only appears with toggles: each toggle set that enables it, as one `--set` (`metrics.enabled=true`,
   * `a=true,b=true`).
   */
  readonly optionalBy?: readonly string[];
}

/** All uses of one reference. */
export interface DiscoveredImage {
  /** The reference as written. Different names are different images. */
  readonly image: string;
  readonly reference: ImageReference;
  /** The strongest confidence of the uses. */
  readonly confidence: Confidence;
  /** Not empty; ordered by chart, then line. */
  readonly uses: readonly ImageUse[];
}

/** A line of a rendering, for `locateUse` to find the template line that produced it. */
export interface RenderedLine {
  /** Display path of the chart. */
  readonly chartPath: string;
  readonly valueSet: string;
  readonly template: string;
  /** 1-based line in the text that `helm template` prints. */
  readonly line: number;
}

/** `renderedAt` is not for reports, but to find the file and line for them. */
export interface DiscoveryFinding extends Finding {
  readonly renderedAt: RenderedLine;
  /** The object and the field, as in a use; undefined if `image` is set. */
  readonly object?: Pick<ImageUse, 'chart' | 'kind' | 'name' | 'path'>;
  /** The rendered text of the field, if it is not a reference. */
  readonly written?: string;
}

/** For a finding about one use of an image, which can have others in another chart. */
export function atUse(use: ImageUse): Pick<DiscoveryFinding, 'renderedAt'> & { readonly image: string } {
  const { image, chartPath, template, line } = use;
  return { image, renderedAt: { chartPath, valueSet: use.valueSets[0] ?? '', template, line } };
}

export interface Discovery {
  /** Ordered by the first use: charts in input order, then line. */
  readonly images: readonly DiscoveredImage[];
  readonly findings: readonly DiscoveryFinding[];
}

/** The template for people, which no template of another chart has. */
export function templateOf({ template, shownTemplate }: Pick<ImageUse, 'template' | 'shownTemplate'>): string {
  return shownTemplate ?? template;
}

/**
 * The kind and name of an object for people, without the prefix of helm's default release name, which no cluster has.
 * `Deployment release-name-web` is `Deployment web`.
 */
export function formatObjectName({ kind, name }: Pick<ImageUse, 'kind' | 'name'>): string {
  return `${kind} ${withoutReleaseName(name)}`.trim();
}

/** The name of an object without the prefix of helm's default release name. */
export function withoutReleaseName(name: string): string {
  return name.replace(/^release-name-(?=.)/, '');
}
