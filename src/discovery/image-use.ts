import type { SourceLocation } from '../core/errors.ts';
import type { Finding } from '../core/findings.ts';
import type { ImageReference } from '../core/oci/reference.ts';
import type { Confidence } from './classify/confidence.ts';

/** One place in a rendered chart that names an image. */
export interface ImageUse {
  /** The reference as written. */
  readonly image: string;
  /** Chart name. */
  readonly chart: string;
  /** Display path of the chart. */
  readonly chartPath: string;
  /** Names of the value sets whose rendering has this use. */
  readonly valueSets: readonly string[];
  /** The template as helm names it: `contoso/templates/a.yaml`, `parent/charts/sub/templates/b.yaml`. */
  readonly template: string;
  readonly kind: string;
  readonly name: string;
  /** YAML path: `spec.template.spec.containers[0].image`. */
  readonly path: string;
  /** 1-based line of the value in the text that `helm template` prints for the first value set. */
  readonly line: number;
  /** The rule that found it, for example `pod-spec`. */
  readonly rule: string;
  readonly confidence: Confidence;
  /** Where the user wrote it, for a use that is in no rendering. */
  readonly declaredAt?: SourceLocation;
  /**
   * For a use that appears only when switches in the values are turned: each way to turn it on, as one `--set`
   * (`metrics.enabled=true`, `a=true,b=true`). Left out for the others.
   */
  readonly optionalBy?: readonly string[];
}

/** All uses of one reference. */
export interface DiscoveredImage {
  /** The reference as written; the same text is one image. */
  readonly image: string;
  readonly reference: ImageReference;
  /** The strongest confidence of the uses. */
  readonly confidence: Confidence;
  /** Never empty; ordered by chart, then line. */
  readonly uses: readonly ImageUse[];
}

/** A line of a rendering: what `placeOfUse` needs to find the line of the template behind it. */
export interface RenderedLine {
  /** Display path of the chart. */
  readonly chartPath: string;
  /** The value set whose rendering has the line. */
  readonly valueSet: string;
  readonly template: string;
  /** 1-based line in the text that `helm template` prints. */
  readonly line: number;
}

/** A finding of discovery. `renderedAt` is not for reports: it leads to the file and line that are. */
export interface DiscoveryFinding extends Finding {
  readonly renderedAt: RenderedLine;
  /** The object and the field, as in a use; left out where `image` says what it is about. */
  readonly about?: Pick<ImageUse, 'chart' | 'kind' | 'name' | 'path'>;
}

export interface Discovery {
  /** Ordered by the first use: charts in the user's order, then line. */
  readonly images: readonly DiscoveredImage[];
  /** Unreadable documents, placeholders, references that do not parse, references without tag. */
  readonly findings: readonly DiscoveryFinding[];
}
