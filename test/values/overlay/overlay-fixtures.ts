/** Overlays of charts of the test's own. */
import { parseReference } from '../../../src/core/oci/reference.ts';
import { discover } from '../../../src/discovery/discover.ts';
import type { Helm } from '../../../src/helm/cli/helm.ts';
import { type ChartOverlay, overlayFor, type TargetLookup } from '../../../src/values/overlay/overlay.ts';
import { renderWithFile } from '../../../src/values/provenance/render-with.ts';
import type { Files } from '../../support/charts.ts';
import { type Scene, type SceneOptions, scene } from '../provenance/provenance-fixtures.ts';

/** The target has every image at its whole path below a namespace. */
export const atMirror: TargetLookup = (image) => {
  const parsed = parseReference(image);
  return parsed.ok ? { registry: 'mirror.example', repository: `m/${parsed.value.repository}` } : undefined;
};

export interface MadeOverlay extends ChartOverlay {
  readonly shop: Scene;
  /** Each stuck image with its reason. */
  readonly reasons: readonly string[];
}

export async function overlayOf(
  helm: Helm,
  files: Files,
  options: SceneOptions = {},
  targetOf = atMirror,
): Promise<MadeOverlay> {
  const shop = await scene(helm, files, options);
  const made = await overlayFor(shop.renderings, shop.discovery, targetOf, shop.finder, shop.tools);
  return { ...made, shop, reasons: made.stuck.map(({ use, reason }) => `${use.image}: ${reason}`) };
}

/** What the first value set renders with the overlay: its images and its whole text. */
export async function renderedWith({ text, shop }: MadeOverlay): Promise<{ images: readonly string[]; text: string }> {
  const rendered = await renderWithFile(shop.renderings[0], text, shop.tools);
  if (!rendered.ok) throw new Error(rendered.reason);
  const { images } = discover([rendered.rendering]);
  return { images: images.map(({ image }) => image), text: rendered.rendering.text };
}
