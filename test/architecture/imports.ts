/**
 * Who imports whom in `src/`, as the compiler itself resolved it: values, types and imports on demand alike. The usual
 * tools cannot tell: they read TypeScript through the JavaScript API that TypeScript 7 no longer has, and over compiled
 * JavaScript they miss every `import type`.
 */
import { cp, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { runProgram } from '../support/program.ts';
import { root } from '../support/root.ts';

export interface Import {
  /** Path below `src/`, `/` as separator: `core/http/agent.ts`. */
  readonly from: string;
  readonly to: string;
}

const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');

/** Reads the imports of a folder that holds `src/` and `tsconfig.json`; faults in types do not matter here. */
export async function readImports(folder: string): Promise<readonly Import[]> {
  const args = [compiler, '-p', folder, '--noEmit', '--noCheck', '--explainFiles'];
  const { stdout } = await runProgram(process.execPath, args, { cwd: folder });
  const imports: Import[] = [];
  let to: string | undefined;
  for (const line of stdout.split('\n')) {
    if (!line.startsWith(' ')) to = belowSource(line.trimEnd());
    const from = belowSource(/^ +Imported via .* from file '([^']+)'/.exec(line)?.[1] ?? '');
    if (from !== undefined && to !== undefined) imports.push({ from, to });
  }
  return imports;
}

/** A copy of src/ that a test may change. */
export async function copySources(folder: string): Promise<void> {
  await cp(join(root, 'src'), join(folder, 'src'), { recursive: true });
  await cp(join(root, 'tsconfig.json'), join(folder, 'tsconfig.json'));
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
}

function belowSource(path: string): string | undefined {
  return /^src\/(.+)$/.exec(path)?.[1];
}
