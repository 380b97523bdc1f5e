import type { YamlPosition } from '../yaml/yaml-position.ts';

/** What a rule saw at one place of an object. */
export type RuleMatch =
  | {
      readonly type: 'image';
      readonly image: string;
      readonly position: YamlPosition;
      /** The other places that the image was put together from; no later rule looks at them. */
      readonly parts?: readonly YamlPosition[];
    }
  | { readonly type: 'placeholder'; readonly text: string; readonly position: YamlPosition }
  | { readonly type: 'unreadable'; readonly reason: string; readonly position: YamlPosition };

export function imageMatch(image: string, position: YamlPosition): RuleMatch {
  return { type: 'image', image, position: position };
}
