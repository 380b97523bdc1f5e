import type { YamlPosition } from '../yaml/yaml-position.ts';

/** What a rule found at one position of an object. */
export type RuleMatch =
  | {
      readonly type: 'image';
      readonly image: string;
      readonly position: YamlPosition;
      /** Other positions that the reference was assembled from; later rules skip them. */
      readonly parts?: readonly YamlPosition[];
    }
  | { readonly type: 'placeholder'; readonly text: string; readonly position: YamlPosition }
  | { readonly type: 'unreadable'; readonly reason: string; readonly position: YamlPosition };

export function imageMatch(image: string, position: YamlPosition): RuleMatch {
  return { type: 'image', image, position };
}
