/**
 * src → dist. The bundle is deterministic: CI rebuilds it and compares byte for byte.
 *
 * Reading a file costs Node more than the code in it, so the files follow what runs need, each one whole: the start, `--help`, a
 * listing, asking registries. What few runs need (Azure, proxies, archives, the tool cache) is split off by dynamic imports.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type OutputChunk, type Plugin, type PluginContext, rolldown } from 'rolldown';
import { licences } from './build/licences.ts';

type ModuleSource = Pick<PluginContext, 'getModuleInfo'>;

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'dist');

const yaml = join(root, 'node_modules', 'yaml', 'browser', 'index.js');
const src = (...names: readonly string[]): readonly string[] => names.map((name) => join(root, 'src', `${name}.ts`));

/** In the order in which a run comes by them: a module is in the first whose entries import it, directly or not. */
const stages: readonly { readonly name: string; readonly entries: readonly string[] }[] = [
  { name: 'index', entries: src('main') },
  { name: 'help', entries: src('inputs/help') },
  { name: 'run', entries: src('run', 'hosts/terminal-host', 'helm/installed-helm') },
  { name: 'yaml', entries: [yaml] },
  { name: 'helm', entries: src('helm/provide-helm') },
  { name: 'name', entries: src('chapters/charts', 'hosts/publish') },
  {
    name: 'ask',
    entries: src(
      'chapters/sources',
      'chapters/target',
      'http/http',
      'registry/registries',
      'credentials/credentials',
      'credentials/lent-credentials',
      'credentials/azure-identity',
    ),
  },
];

const bundle = await rolldown({
  preserveEntrySignatures: false,
  input: { index: join(root, 'src', 'main.ts') },
  cwd: root,
  platform: 'node',
  transform: { target: 'node20.18' },
  resolve: {
    mainFields: ['module', 'main'],
    // yaml's other build is CommonJS: a function around each file, which is compiled twice.
    alias: { yaml },
  },
  plugins: [yamlOfNode()],
  // What is asked for on demand in one place is at hand in another: the stages decide.
  checks: { ineffectiveDynamicImport: false },
  // What can not be resolved would be left to the machine that runs the bundle.
  onLog: (level, log, handle) => handle(log.code === 'UNRESOLVED_IMPORT' ? 'error' : level, log),
});
rmSync(dist, { recursive: true, force: true });
const stageOf = stageFinder();
const { output } = await bundle.write({
  dir: dist,
  format: 'esm',
  minify: true,
  // licenses.txt has every licence whole.
  comments: { legal: false },
  entryFileNames: '[name].js',
  chunkFileNames: '[name].js',
  banner: ({ isEntry }) => (isEntry ? '#!/usr/bin/env node' : ''),
  codeSplitting: {
    includeDependenciesRecursively: false,
    groups: [{ name: stageOf, debugName: 'stages' }],
  },
});
const chunks = output.filter((file): file is OutputChunk => file.type === 'chunk');
const packageJson = '{\n  "type": "module"\n}\n';
const licenceText = licences(
  chunks.flatMap(({ modules }) =>
    Object.entries(modules).flatMap(([id, { renderedLength }]) => (renderedLength > 0 ? [id] : [])),
  ),
);
writeFileSync(join(dist, 'package.json'), packageJson);
writeFileSync(join(dist, 'licenses.txt'), licenceText);
const bytes = [...chunks.map(({ code }) => code), packageJson, licenceText].reduce(
  (sum, text) => sum + Buffer.byteLength(text),
  0,
);
console.error(`dist: ${output.length + 2} files, ${(bytes / 2 ** 20).toFixed(2)} MiB`);

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

/** yaml's build for browsers reads `!!binary` by a function that throws where Node's own passes over what is not Base64. */
function yamlOfNode(): Plugin {
  const strict = String.raw`atob(src.replace(/[\n\r]/g, ''))`;
  return {
    name: 'yaml-of-node',
    load: (id) => {
      if (!id.replaceAll('\\', '/').endsWith('yaml/browser/dist/schema/yaml-1.1/binary.js')) return null;
      const text = readFileSync(id, 'utf8');
      if (!text.includes(strict)) throw new Error(`${id} does not read Base64 as it did: look at it again`);
      return text.replace(strict, "Buffer.from(src, 'base64').toString('latin1')");
    },
  };
}
