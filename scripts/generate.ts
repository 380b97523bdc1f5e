/**
 * Writes every file that shows the inputs, the outputs and the codes: they are declared once, in src/, and nowhere
 * else. `node scripts/generate.ts` writes them; with `--check` it writes nothing, names those that differ and exits 1.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { actionFile } from './generate/action.ts';
import { formatJson } from './generate/format-json.ts';
import { configJsonSchema } from './generate/json-schema.ts';
import { tablePages, withTables } from './generate/tables.ts';
import { taskFile } from './generate/task.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

interface GeneratedFile {
  /** From the root of the repository, `/` as separator. */
  readonly path: string;
  readonly text: string;
}

/** Every generated file as it should be. Text outside of the tables is taken from the pages. */
export function generatedFiles(): readonly GeneratedFile[] {
  // npm itself refuses a package.json without a version.
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string };
  return [
    { path: 'action.yml', text: actionFile() },
    { path: 'task/task.json', text: formatJson(taskFile(version), 'task.json') },
    { path: 'src/inputs/chart-images.schema.json', text: formatJson(configJsonSchema(), 'schema.json') },
    ...tablePages.map((path) => ({ path, text: withTables(readFileSync(join(root, path), 'utf8'), path) })),
  ];
}

/** Those that are not on disk as they should be. */
export function staleFiles(): readonly GeneratedFile[] {
  return generatedFiles().filter(({ path, text }) => {
    try {
      return readFileSync(join(root, path), 'utf8') !== text;
    } catch {
      return true;
    }
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const stale = staleFiles();
  if (process.argv.includes('--check')) {
    for (const { path } of stale) console.error(`${path} differs from its source: run "npm run generate".`);
    process.exitCode = stale.length === 0 ? 0 : 1;
  } else {
    for (const { path, text } of stale) {
      writeFileSync(join(root, path), text);
      console.error(`wrote ${path}`);
    }
  }
}
