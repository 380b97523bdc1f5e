import { discoverInTurns } from '../discovery/discover-in-turns.ts';
import type { Discovery, ImageUse } from '../discovery/use.ts';
import type { Rendering } from '../helm/rendering.ts';
import type { Switch } from './switch.ts';

/** A chart rendered with some of its switches turned, and what it names then. */
export interface Rendered {
  readonly ok: true;
  readonly switches: readonly Switch[];
  readonly rendering: Rendering;
  /** Without what annotations list: that is the same in every rendering, and brought by none. */
  readonly discovery: Discovery;
  readonly images: ReadonlySet<string>;
  /** See `placeOf`. */
  readonly places: ReadonlySet<string>;
}

/** Errors: `cancelled`. */
export async function readRendered(
  rendering: Rendering,
  switches: readonly Switch[],
  signal: AbortSignal,
): Promise<Rendered> {
  const { images, findings } = await discoverInTurns([rendering], signal);
  const printed = images.flatMap((image) => {
    const uses = image.uses.filter(({ confidence }) => confidence !== 'declared');
    return uses.length === 0 ? [] : [{ ...image, uses }];
  });
  const discovery = { images: printed, findings };
  return {
    ok: true,
    switches,
    rendering,
    discovery,
    images: new Set(printed.map(({ image }) => image)),
    places: new Set(printed.flatMap(({ uses }) => uses.map(placeOf))),
  };
}

export function usesOf({ discovery }: Rendered): readonly ImageUse[] {
  return discovery.images.flatMap(({ uses }) => uses);
}

/** Where an image is used, whatever stands beside it in a list and whatever tag a switch gives it. */
export function placeOf({ template, kind, name, path, image }: ImageUse): string {
  return JSON.stringify([template, kind, name, path.replaceAll(/\[\d+\]/g, '[]'), image.replace(/[:@][^/]*$/, '')]);
}
