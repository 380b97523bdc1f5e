import { discoverInTurns } from '../../discovery/discover-in-turns.ts';
import type { Discovery, ImageUse } from '../../discovery/image-use.ts';
import type { Rendering } from '../../helm/cli/rendering.ts';
import type { Toggle } from './toggle.ts';

/** A rendering with toggles, and its images. */
export interface ToggledRendering {
  readonly ok: true;
  readonly toggles: readonly Toggle[];
  readonly rendering: Rendering;
  /** Without annotations, which are the same in all renderings. */
  readonly discovery: Discovery;
  readonly images: ReadonlySet<string>;
  /** Keys of all uses, see `placeOf`. */
  readonly useKeys: ReadonlySet<string>;
}

/** Errors: `cancelled`. */
export async function toToggledRendering(
  rendering: Rendering,
  toggles: readonly Toggle[],
  signal: AbortSignal,
): Promise<ToggledRendering> {
  const { images, findings } = await discoverInTurns([rendering], signal);
  const printed = images.flatMap((image) => {
    const uses = image.uses.filter(({ confidence }) => confidence !== 'declared');
    return uses.length === 0 ? [] : [{ ...image, uses }];
  });
  const discovery = { images: printed, findings };
  return {
    ok: true,
    toggles: toggles,
    rendering,
    discovery,
    images: new Set(printed.map(({ image }) => image)),
    useKeys: new Set(printed.flatMap(({ uses }) => uses.map(useKey))),
  };
}

export function usesOf({ discovery }: ToggledRendering): readonly ImageUse[] {
  return discovery.images.flatMap(({ uses }) => uses);
}

/** Position of a use without list indexes and tags, which toggles change. */
export function useKey({ template, kind, name, path, image }: ImageUse): string {
  return JSON.stringify([template, kind, name, path.replaceAll(/\[\d+\]/g, '[]'), image.replace(/[:@][^/]*$/, '')]);
}
