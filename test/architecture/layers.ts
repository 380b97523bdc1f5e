/** The layering rule as a function over values: the table of ARCHITECTURE.md on one side, imports on the other. */
import type { Import } from './imports.ts';

/** Layer by module; a module is a folder of `src/` (`core/http/`) or a file directly in it (`main.ts`). */
export type Layers = ReadonlyMap<string, number>;

/** Reads the rows `| layer | module, module | ... |`; modules are in backticks in the second column. */
export function readLayers(architecture: string): Layers {
  const rows = architecture.matchAll(/^\|\s*(\d+)\s*\|([^|]*)\|/gm);
  return new Map(
    [...rows].flatMap(([, layer, modules = '']) =>
      [...modules.matchAll(/`([^`]+)`/g)].map(([, module = '']): [string, number] => [module, Number(layer)]),
    ),
  );
}

/** `core/http/range.ts` → `core/http/`: folders are read two levels deep. */
export function moduleOf(path: string): string {
  const folders = path.split('/').slice(0, -1).slice(0, 2);
  return folders.length === 0 ? path : `${folders.join('/')}/`;
}

/** One sentence for each import that does not lead to its own module or to a lower layer. */
export function wrongImports(imports: readonly Import[], layers: Layers): readonly string[] {
  return imports.flatMap((one) => {
    const [from, to] = [moduleOf(one.from), moduleOf(one.to)];
    const [upper, lower] = [layers.get(from), layers.get(to)];
    if (upper === undefined || lower === undefined) {
      return [`${one.from} imports ${one.to}, and ${upper === undefined ? from : to} has no layer`];
    }
    if (from === to || lower < upper) return [];
    return [`${one.from} (layer ${upper}) imports ${one.to} (layer ${lower})`];
  });
}

/** Import cycles, each listed once from its first file in the alphabet. */
export function cycles(imports: readonly Import[]): readonly string[] {
  const targets = new Map<string, string[]>();
  for (const { from, to } of imports) targets.set(from, [...(targets.get(from) ?? []), to]);
  const found = new Set<string>();
  const finished = new Set<string>();
  const walk = (file: string, path: readonly string[]): void => {
    const start = path.indexOf(file);
    if (start >= 0) {
      const cycle = path.slice(start);
      const first = cycle.indexOf([...cycle].sort()[0] ?? file);
      found.add([...cycle.slice(first), ...cycle.slice(0, first + 1)].join(' → '));
    }
    if (start >= 0 || finished.has(file)) return;
    for (const to of targets.get(file) ?? []) walk(to, [...path, file]);
    finished.add(file);
  };
  for (const file of targets.keys()) walk(file, []);
  return [...found];
}

/** Files of one name in several folders: a reader who sees only the name can't tell which is meant. */
export function repeatedNames(files: readonly string[]): readonly string[] {
  const byName = new Map<string, string[]>();
  for (const file of files) {
    const name = file.split('/').at(-1) ?? file;
    byName.set(name, [...(byName.get(name) ?? []), file]);
  }
  return [...byName].filter(([, paths]) => paths.length > 1).map(([name, paths]) => `${name}: ${paths.join(', ')}`);
}
