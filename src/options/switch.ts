import { writeAssignment } from '../origins/set-assignment.ts';
import { keysId, type ValueKeys } from '../origins/value-leaf.ts';

/** A value of a chart, and the other value that turns something on (or over). */
export interface Switch {
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
export function assignmentOf({ keys, to }: Switch): string {
  return writeAssignment({ keys, text: to });
}

/** Equal for switches of one value. */
export function switchId({ keys }: { readonly keys: ValueKeys }): string {
  return keysId(keys);
}

/** What the same switch is called in each of several components: `ingress.enabled`. */
export function endingOf({ keys }: Switch): string {
  return keys.slice(-2).join('.');
}

/** One way to bring an image: `metrics.enabled=true,metrics.image.debug=true`, which is one `--set`. */
export function wayText(switches: readonly Switch[]): string {
  return switches.map(assignmentOf).join(',');
}

const enablingWords: ReadonlySet<string> = new Set(
  'enabled enable create created install installed deploy deployed active activated'.split(' '),
);

/** A key that says of its own that it turns its map on: `enabled`, `create`, `crdsEnable`. */
export function isEnabling(words: readonly string[]): boolean {
  return words.some((word) => enablingWords.has(word));
}
