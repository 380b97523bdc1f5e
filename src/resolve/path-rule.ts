import type { ImageReference } from '../core/oci/reference.ts';
import type { DiscoveredImage } from '../discovery/image-use.ts';

/** The path of a reference without a registry: as written, or without its first component. */
export type PathForm = 'whole' | 'stripped';

/** What a chart shows about the first component of a reference without a registry. */
export type FirstComponent =
  /** A value of its own, which the template joins with a slash: AOSM overwrites it. */
  | { readonly role: 'placeholder'; readonly valuePath: string }
  /** A part of a longer value, or text of the template (without a value path). */
  | { readonly role: 'namespace'; readonly valuePath: string | undefined }
  /** The values could not be traced, or the uses of the image differ. */
  | { readonly role: 'unclear' };

/** How first components are understood in a run. */
export interface PathRule {
  /** First components that the user lists as placeholders. */
  readonly placeholders: ReadonlySet<string>;
  /** Undefined without an AOSM input file. Throws only `cancelled`. */
  readonly traceFirst: ((image: DiscoveredImage) => Promise<FirstComponent>) | undefined;
}

/** Without an AOSM input file and without listed placeholders. */
export const wholePaths: PathRule = { placeholders: new Set(), traceFirst: undefined };

/** The forms to look up, the first one in every source before the second. */
export interface PathForms {
  readonly order: readonly PathForm[];
  /** Undefined if there is only one form. */
  readonly first: FirstComponent | undefined;
}

/** The first component of a reference that may be a placeholder or a namespace. */
export function undecidedComponent({ registry, placeholder, repository }: ImageReference): string | undefined {
  const slash = repository.indexOf('/');
  return registry !== undefined || placeholder !== undefined || slash < 0 ? undefined : repository.slice(0, slash);
}

/** The forms that can be looked up before the values of the chart are traced. */
export function possibleForms(reference: ImageReference, rule: PathRule): readonly PathForm[] {
  const first = undecidedComponent(reference);
  if (first === undefined) return ['whole'];
  if (rule.placeholders.has(first)) return ['stripped'];
  return rule.traceFirst === undefined ? ['whole'] : ['stripped', 'whole'];
}

/** Orders the forms by the evidence of the chart (design.md, "The path rule"). Throws only `cancelled`. */
export async function formsOf(image: DiscoveredImage, rule: PathRule): Promise<PathForms> {
  const order = possibleForms(image.reference, rule);
  if (order.length < 2 || rule.traceFirst === undefined) return { order, first: undefined };
  const first = await rule.traceFirst(image);
  return { order: first.role === 'namespace' ? order.toReversed() : order, first };
}
