import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Bundles `ours.ts` as the product is: one file, libraries included. Returns its path. */
export async function bundleOurs(folder: string): Promise<string> {
  const outfile = join(folder, 'ours.mjs');
  await build({
    entryPoints: [fileURLToPath(new URL('ours.ts', import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
    logLevel: 'error',
  });
  return outfile;
}
