import { pathKey, type ValuePath } from '../tree/scalar-value.ts';
import { writeAssignment } from '../tree/set-assignment.ts';

/** A value of a chart, and the other value that turns something on (or over). */
export interface Toggle {
  /** From the root of the values; names only, because helm replaces lists as a whole. */
  readonly keys: readonly string[];
  /** What it is turned to, as `--set` takes it: `true`, `enable`. */
  readonly to: string;
  /**
   * `on`: it is off or has no value, and is turned on. `off`: it is on, and the chart has something else for when it is off.
   * `choice`: a template compares it with this text.
   */
  readonly kind: 'on' | 'off' | 'choice';
}

/** `metrics.enabled=true`, as `--set` takes it. */
export function toSetArgument({ keys, to }: Toggle): string {
  return writeAssignment({ keys, text: to });
}

/** Equal for switches of one value. */
export function togglePathKey({ keys }: { readonly keys: ValuePath }): string {
  return pathKey(keys);
}

/** What the same switch is called in each of several components: `ingress.enabled`. */
export function suffixOf({ keys }: Toggle): string {
  return keys.slice(-2).join('.');
}

/** One way to bring an image: `metrics.enabled=true,metrics.image.debug=true`, which is one `--set`. */
export function formatToggles(toggles: readonly Toggle[]): string {
  return toggles.map(toSetArgument).join(',');
}

const enablingWords: ReadonlySet<string> = new Set(
  'enabled enable create created install installed deploy deployed active activated'.split(' '),
);

/** A key that says of its own that it turns its map on: `enabled`, `create`, `crdsEnable`. */
export function isEnablingName(words: readonly string[]): boolean {
  return words.some((word) => enablingWords.has(word));
}
