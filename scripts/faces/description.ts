import type { Input } from '../../src/inputs/input.ts';

export const product = {
  name: 'chart-images',
  author: 'The chart-images authors',
  description:
    'Find every container image a Helm chart needs, prove that each one exists in your registries, and copy them byte for byte.',
} as const;

/** The whole text about an input, for faces that have room for it. */
export function description({ summary, help, default: value, otherwise }: Input): string {
  // A default that the face shows by itself is not repeated.
  return `${summary}. ${help}${value === '' && otherwise !== undefined ? ` Without it: ${otherwise}.` : ''}`;
}
