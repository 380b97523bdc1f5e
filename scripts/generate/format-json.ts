import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';

const biome = createRequire(import.meta.url).resolve('@biomejs/biome/bin/biome');

/** JSON as the project's formatter lays it out, so that the lint run has nothing to say of generated files. */
export function formatJson(value: unknown, name: string): string {
  return execFileSync(process.execPath, [biome, 'format', `--stdin-file-path=${name}`], {
    input: JSON.stringify(value, undefined, 2),
    encoding: 'utf8',
  });
}
