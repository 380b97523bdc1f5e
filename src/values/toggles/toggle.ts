import { pathKey, type ValuePath } from '../tree/scalar-value.ts';
import { writeAssignment } from '../tree/set-assignment.ts';

/** A value of a chart with another value that enables or changes something. */
export interface Toggle {
  /** From the root of the values. Keys only, because helm replaces whole lists. */
  readonly keys: readonly string[];
  /** For `--set`: `metrics.enabled=true`. */
  readonly to: string;
  /**
   * `on`: disabled or unset, and set to enable. `off`: enabled, and the chart has an alternative. `choice`: a text
   * that a template compares.
   */
  readonly kind: 'on' | 'off' | 'choice';
}

/** `metrics.enabled=true`, as `--set` takes it. */
export function toSetArgument({ keys, to }: Toggle): string {
  return writeAssignment({ keys, text: to });
}

/** Equal for toggles of one value. */
export function togglePathKey({ keys }: { readonly keys: ValuePath }): string {
  return pathKey(keys);
}

/** Common suffix of a toggle in several components: `ingress.enabled`. */
export function suffixOf({ keys }: Toggle): string {
  return keys.slice(-2).join('.');
}

/** One `--set` argument: `metrics.enabled=true,metrics.image.debug=true`. */
export function formatToggles(toggles: readonly Toggle[]): string {
  return toggles.map(toSetArgument).join(',');
}

const enablingWords: ReadonlySet<string> = new Set(
  'enabled enable create created install installed deploy deployed active activated'.split(' '),
);

/** A key that enables its map: `enabled`, `create`, `crdsEnable`. */
export function isEnablingName(words: readonly string[]): boolean {
  return words.some((word) => enablingWords.has(word));
}
