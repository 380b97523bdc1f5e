/**
 * `npm run vsix` packs the Azure Pipelines extension: task/ and dist/ as they are, laid out under build/, then tfx-cli,
 * which needs no network for this. `--publisher <id>` is who publishes it in the marketplace: a user who installs a
 * copy of their own has an id of their own, so the one in vss-extension.json is only a placeholder.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(import.meta.url);

/** What the marketplace takes as the id of a publisher. */
export const publisherForm = /^[A-Za-z0-9][\w.-]{0,127}$/;

/** Where each file of the extension comes from; what is not here is not in it. */
const layout = {
  'overview.md': 'task/overview.md',
  'extension.png': 'task/extension.png',
  'LICENSE.txt': 'LICENSE',
  'task/task.json': 'task/task.json',
  'task/icon.png': 'task/icon.png',
  'task/dist': 'dist',
} as const;

export interface Stage {
  /** The id of who publishes it; without one the placeholder of vss-extension.json. */
  readonly publisher?: string | undefined;
  /** The folder to lay it out in, made anew. */
  readonly stage: string;
}

/** Lays the extension out as it will be packed: the same files give the same layout. */
export function stageExtension({ publisher, stage }: Stage): void {
  rmSync(stage, { recursive: true, force: true });
  for (const [to, from] of Object.entries(layout)) {
    mkdirSync(dirname(join(stage, to)), { recursive: true });
    cpSync(join(root, from), join(stage, to), { recursive: true });
  }
  const manifest = JSON.parse(readFileSync(join(root, 'vss-extension.json'), 'utf8'));
  writeFileSync(
    join(stage, 'vss-extension.json'),
    JSON.stringify({ ...manifest, version: version(), publisher: publisher ?? manifest.publisher }, null, 2),
  );
}

/**
 * Packs what is laid out in `stage` into `file`, a `.vsix`. Throws with tfx-cli's own words when it cannot pack, and
 * also when it only warns: it writes an extension whose task.json names files that are not there. The archive holds the
 * time, so no two are the same byte for byte.
 */
export function packStage(stage: string, file: string): void {
  // tfx-cli makes a folder for logins in the home folder, which nothing here needs.
  const home = mkdtempSync(join(tmpdir(), 'chart-images-tfx-'));
  try {
    const said = execFileSync(
      process.execPath,
      [
        require.resolve('tfx-cli/_build/tfx-cli.js'),
        ...['extension', 'create', '--root', stage, '--manifests', 'vss-extension.json'],
        ...['--output-path', file, '--no-prompt', '--no-color'],
      ],
      { cwd: stage, stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, HOME: home, USERPROFILE: home } },
    ).toString();
    if (/^warning:/m.test(said)) throw new Error(`tfx-cli is not content:\n${said}`);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/** npm itself refuses a package.json without a version. */
function version(): string {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string };
  return version;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { publisher } = parseArgs({ options: { publisher: { type: 'string' } } }).values;
  if (publisher !== undefined && !publisherForm.test(publisher)) {
    console.error(`"${publisher}" is no id of a publisher: letters, digits, dots, dashes and underscores.`);
    process.exitCode = 2;
  } else {
    const file = join(root, 'build', `chart-images-${version()}.vsix`);
    const stage = join(root, 'build', 'extension');
    stageExtension({ publisher, stage });
    packStage(stage, file);
    console.error(`wrote ${file}`);
  }
}
