import { handedDefault, type Input } from '../../src/inputs/input.ts';

export const product = {
  name: 'chart-images',
  author: 'The chart-images authors',
  description:
    'Find every container image a Helm chart needs, prove that each one exists in your registries, and copy them byte for byte.',
} as const;

/** The whole text about an input, for formats that have room for it and show its default by themselves. */
export function description({ summary, help, default: value, otherwise }: Input): string {
  return `${summary}. ${help}${value === '' && otherwise !== undefined ? ` Without it: ${otherwise}.` : ''}`;
}

/** The same for runners, which show no default that they do not hand over. */
export function runnerDescription(input: Input): string {
  const unseen = input.default !== handedDefault(input);
  return `${description(input)}${unseen ? ` Default: \`${input.default}\`.` : ''}`;
}
