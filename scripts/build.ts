/**
 * src → rolldown → build → ncc → dist. The bundle is deterministic: CI rebuilds it and compares byte for byte.
 *
 * Reading a file costs Node more than the code in it, so the files follow what runs need, each one whole: the start,
 * `--help`, a listing, asking registries. What few runs need (Azure, proxies, archives, the tool cache) is split off by
 * dynamic imports. ncc has no such cut, and makes a function of every module, which Node parses twice: rolldown joins
 * the modules first, which also leaves out what is never called, and ncc writes the files of those few.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transform } from 'esbuild';
import { type OutputChunk, type PluginContext, rolldown } from 'rolldown';
import { licenses } from './build/licenses.ts';

type ModuleSource = Pick<PluginContext, 'getModuleInfo'>;

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'dist');
const target = 'node20.18';

const src = (...names: readonly string[]): readonly string[] => names.map((name) => join(root, 'src', `${name}.ts`));

/** In the order in which a run comes by them: a module is in the first whose entries import it, directly or not. */
const stages: readonly { readonly name: string; readonly entries: readonly string[] }[] = [
  { name: 'index', entries: src('main') },
  { name: 'help', entries: src('inputs/help') },
  { name: 'app/run', entries: src('app/run', 'hosts/terminal-host', 'helm/cli/helm-on-path') },
  { name: 'helm', entries: src('helm/cli/find-or-install-helm') },
  { name: 'name', entries: src('app/discover-step', 'hosts/publish-report') },
  {
    name: 'ask',
    entries: src(
      'app/resolve-step',
      'app/plan-step',
      'app/copy-step',
      'core/http/http',
      'registry/client/registry-pool',
      'registry/credentials/credential-chain',
      'registry/credentials/scoped-credentials',
      'registry/credentials/azure-identity',
    ),
  },
];

const bundle = await rolldown({
  preserveEntrySignatures: false,
  input: { index: join(root, 'src', 'main.ts') },
  cwd: root,
  platform: 'node',
  transform: { target },
  // debug asks for supports-color, which it does not depend on, and does without: only a tool would bring it here.
  resolve: {
    mainFields: ['module', 'main'],
    alias: { 'supports-color': false, undici$: join(root, 'src', 'core', 'http', 'proxy-agent.ts') },
  },
  // What is asked for on demand in one place is at hand in another: the stages decide.
  checks: { ineffectiveDynamicImport: false },
  // What cannot be resolved would be left to the machine that runs the bundle.
  onLog: (level, log, handle) => handle(log.code === 'UNRESOLVED_IMPORT' ? 'error' : level, log),
});
const build = join(root, 'build');
rmSync(build, { recursive: true, force: true });
rmSync(dist, { recursive: true, force: true });
const stageOf = stageFinder();
const { output } = await bundle.write({
  dir: build,
  format: 'esm',
  minify: true,
  // licenses.txt has every license whole.
  comments: { legal: false },
  entryFileNames: '[name].js',
  chunkFileNames: '[name].js',
  codeSplitting: {
    includeDependenciesRecursively: false,
    groups: [{ name: stageOf, debugName: 'stages' }],
  },
});
const ncc = createRequire(import.meta.url).resolve('@vercel/ncc/dist/ncc/cli.js');
execFileSync(process.execPath, [ncc, 'build', 'build/index.js', '-o', 'dist'], { cwd: root, stdio: ['ignore', 2, 2] });

// ncc minifies the entry only.
for (const file of readdirSync(dist).filter((name) => name.endsWith('.js'))) {
  const path = join(dist, file);
  const options = { loader: 'js', format: 'esm', target, minify: true, legalComments: 'none' } as const;
  const { code } = await transform(readFileSync(path, 'utf8'), options);
  writeFileSync(path, file === 'index.js' ? `#!/usr/bin/env node\n${code.replace(/^#!.*\n/, '')}` : code, {
    mode: 0o644,
  });
}
const modules = output
  .filter((file): file is OutputChunk => file.type === 'chunk')
  .flatMap((chunk) => Object.entries(chunk.modules));
const licenseText = licenses(modules.flatMap(([id, { renderedLength }]) => (renderedLength > 0 ? [id] : [])));
writeFileSync(join(dist, 'licenses.txt'), licenseText);
const bytes = readdirSync(dist).reduce((sum, name) => sum + statSync(join(dist, name)).size, 0);
console.error(`dist: ${readdirSync(dist).length} files, ${(bytes / 2 ** 20).toFixed(2)} MiB`);

/** Modules of no stage are split as their imports are. */
function stageFinder(): (id: string, modules: ModuleSource) => string | null {
  let known: ReadonlyMap<string, string> | undefined;
  return (id, modules) => {
    known ??= stagesOf(modules);
    return known.get(id) ?? null;
  };
}

function stagesOf(modules: ModuleSource): ReadonlyMap<string, string> {
  const known = new Map<string, string>();
  for (const { name, entries } of stages) {
    const waiting = [...entries];
    for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
      const module = modules.getModuleInfo(id);
      if (module === null && id.startsWith(root)) throw new Error(`${id} is no module of the bundle`);
      if (module === null || known.has(id)) continue;
      known.set(id, name);
      waiting.push(...module.importedIds);
    }
  }
  return known;
}
