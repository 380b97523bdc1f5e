import { stringify } from 'yaml';
import { handedDefault } from '../../src/inputs/input.ts';
import { inputsOn } from '../../src/inputs/input-table.ts';
import { outputs } from '../../src/inputs/output-table.ts';
import { product, runnerDescription } from './description.ts';

/** action.yml (docs.github.com, "Metadata syntax reference for GitHub Actions"). */
export function actionFile(): string {
  const action = {
    name: product.name,
    description: product.description,
    author: product.author,
    branding: { icon: 'package', color: 'blue' },
    inputs: Object.fromEntries(
      inputsOn('github').map((input) => [
        input.name,
        {
          description: runnerDescription(input),
          required: false,
          ...(handedDefault(input) === '' ? {} : { default: handedDefault(input) }),
        },
      ]),
    ),
    outputs: Object.fromEntries(outputs.map(({ name, summary }) => [name, { description: `${summary}.` }])),
    runs: { using: 'node24', main: 'dist/index.js' },
  };
  return `# Written by scripts/generate.ts from src/inputs/input-table.ts; change it there.\n${stringify(action, { lineWidth: 0 })}`;
}
