/** What the demos start the bundle with, so that it has a helm. */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter } from 'node:path';
import { contosoExample } from '../test/support/contoso.ts';
import { bundle } from '../test/support/root.ts';
import { provideTool, toolFolder, toolPath } from './tools.ts';

/**
 * The bundle finds helm on the PATH, in its tool cache, or downloads it. Where none of that works and Go is there, helm
 * is built once and stands on the PATH.
 */
export function environmentWithHelm(): NodeJS.ProcessEnv {
  const built = { ...process.env, PATH: [toolFolder('helm-4'), process.env['PATH']].join(delimiter) };
  if (existsSync(toolPath('helm-4'))) return built;
  // Only lists the images, so that nothing but a missing helm can end it with 3.
  const list: SpawnSyncReturns<string> = spawnSync(
    process.execPath,
    [bundle, '--input-file', 'cnf-input.jsonc', '--resolve', 'false'],
    { cwd: contosoExample, encoding: 'utf8' },
  );
  if (list.status !== 3) return process.env;
  if (spawnSync('go', ['version']).status !== 0) {
    throw new Error(`helm is neither on the PATH nor could it be fetched, and Go is not there:\n${list.stderr}`);
  }
  provideTool('helm-4');
  return built;
}
