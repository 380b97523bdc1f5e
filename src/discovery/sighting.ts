import type { Spot } from './spot.ts';

/** What a rule saw at one place of an object. */
export type Sighting =
  | {
      readonly type: 'image';
      readonly image: string;
      readonly spot: Spot;
      /** The other places that the image was put together from; no later rule looks at them. */
      readonly parts?: readonly Spot[];
    }
  | { readonly type: 'placeholder'; readonly text: string; readonly spot: Spot }
  | { readonly type: 'unreadable'; readonly reason: string; readonly spot: Spot };

export function imageAt(image: string, spot: Spot): Sighting {
  return { type: 'image', image, spot };
}
