import type { Path } from './path.ts';

/** What a rule saw at one place of an object. */
export type Sighting =
  | { readonly type: 'image'; readonly image: string; readonly path: Path; readonly offset: number }
  | { readonly type: 'placeholder'; readonly text: string; readonly path: Path; readonly offset: number }
  | { readonly type: 'unreadable'; readonly reason: string; readonly path: Path; readonly offset: number };
