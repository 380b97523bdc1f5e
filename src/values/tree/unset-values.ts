import { splitWords } from '../../discovery/classify/split-words.ts';
import type { ChartNode } from './chart-tree.ts';
import { pathKey, type ScalarValue, type ValuePath } from './scalar-value.ts';
import { scalarsOf, type ValueNode } from './value-tree.ts';

/** Real charts have fewer such values; a rendering with more takes longer than helm's own. */
const maximumValues = 400;

/** Values that templates read, that no values file has, and that may be a part of an image. */
export async function unsetValues(chart: ChartNode, root: ValueNode): Promise<readonly ScalarValue[]> {
  const read = await Promise.all(chartsIn(chart, []).map(readPaths));
  const names = new Set(read.flatMap((one) => one.names));
  const wanted = new Map<string, ValuePath>();
  const add = (keys: ValuePath): void => {
    if (nodeAt(root, keys) === undefined && isNameKey(keys, root)) wanted.set(pathKey(keys), keys);
  };
  for (const keys of read.flatMap(({ paths }) => paths)) {
    add(keys);
    const node = nodeAt(root, keys);
    if (isImageMap(keys, node)) for (const name of names) add([...keys, name]);
  }
  for (const keys of imageMaps(root, [])) for (const name of names) add([...keys, name]);
  for (const { keys } of scalarsOf(root)) if (isInternal(keys)) add(keys.filter((key) => !isInternalKey(key)));
  // A text where the chart expects a map would fail.
  const parents = new Set(
    [...wanted.values()].flatMap((keys) => keys.slice(1).map((_, at) => pathKey(keys.slice(0, at + 1)))),
  );
  return [...wanted]
    .filter(([id]) => !parents.has(id))
    .slice(0, maximumValues)
    .map(([, keys]) => ({
      keys,
      text: '',
      scalar: 'empty',
      style: 'inline',
      source: { kind: 'file', file: 'values.yaml', text: '' },
      offset: 0,
    }));
}

interface ReadPaths {
  /** From the root of the user values. */
  readonly paths: readonly ValuePath[];
  /** Keys that are read of any map and may be a part of an image. */
  readonly names: readonly string[];
}

async function readPaths({ chart, at }: LocatedChart): Promise<ReadPaths> {
  const paths = new Map<string, ValuePath>();
  const names = new Set<string>();
  const place = (keys: readonly string[]): void => {
    if (keys.length === 0) return;
    const full = keys[0] === 'global' ? keys : [...at, ...keys];
    paths.set(pathKey(full), full);
  };
  for (const text of await chart.templates()) {
    for (const [action] of text.matchAll(/\{\{[\s\S]*?\}\}/g)) {
      // Parentheses guard against absent maps: `((.Values.global).imageRegistry)`.
      for (const [, chain = ''] of action.matchAll(/\.Values((?:\)*\.\w+)+)/g)) place(keysOf(chain));
      for (const [, list = '', chain = ''] of action.matchAll(
        /index\s+\$?\.Values((?:\s+"[^"]+")+)\s*\)?((?:\.\w+)*)/g,
      ))
        place([...quoted(list), ...keysOf(chain)]);
      for (const [, list = ''] of action.matchAll(/dig((?:\s+"[^"]*")+)\s+\(?\$?\.Values/g))
        place(quoted(list).slice(0, -1));
      for (const [, name = ''] of action.matchAll(/\.(\w+)/g)) if (isImageName(name)) names.add(name);
      for (const [, name = ''] of action.matchAll(/(?:get|dig|hasKey)\s[^"{}]*"(\w+)"/g))
        if (isImageName(name)) names.add(name);
    }
  }
  return { paths: [...paths.values()], names: [...names] };
}

function keysOf(chain: string): readonly string[] {
  return chain.split(/[.)]+/).filter((name) => name !== '');
}

function quoted(list: string): readonly string[] {
  return [...list.matchAll(/"([^"]*)"/g)].map(([, name = '']) => name);
}

interface LocatedChart {
  readonly chart: ChartNode;
  readonly at: readonly string[];
}

function chartsIn(chart: ChartNode, at: readonly string[]): readonly LocatedChart[] {
  return [{ chart, at }, ...chart.subcharts.flatMap((one) => chartsIn(one, [...at, one.key]))];
}

function nodeAt(root: ValueNode, keys: ValuePath): ValueNode | undefined {
  return keys.reduce<ValueNode | undefined>((node, key) => {
    return node?.type === 'map' ? node.entries.get(String(key)) : undefined;
  }, root);
}

/** Maps of the values that describe one image: `image`, `web.image`, or any with a tag. */
function imageMaps(node: ValueNode, keys: ValuePath): readonly ValuePath[] {
  if (node.type !== 'map') return [];
  const below = [...node.entries].flatMap(([key, child]) => imageMaps(child, [...keys, key]));
  return isImageMap(keys, node) ? [keys, ...below] : below;
}

function isImageMap(keys: ValuePath, node: ValueNode | undefined): boolean {
  if (node?.type === 'map' && hasTag(node)) return true;
  // An absent one may be a text.
  const isMap = node?.type === 'map' || (node?.type === 'scalar' && node.scalar === 'empty');
  return isMap && /^ima?ge?$/.test(splitWords(String(keys.at(-1) ?? '')).at(-1) ?? '');
}

function hasTag(node: ValueNode): boolean {
  return node.type === 'map' && [...node.entries.keys()].some((key) => /^(?:tag|image_?tag|digest)$/i.test(key));
}

const nameWords: ReadonlySet<string> = new Set(
  'image img images repository repositories repo registry registries hub host override'.split(' '),
);

function isImageName(name: string): boolean {
  const words = splitWords(name);
  return (
    words.some((word) => nameWords.has(word) || word.endsWith('registry')) && !words.some((word) => notNames.has(word))
  );
}

const notNames: ReadonlySet<string> = new Set(
  'pull policy secret secrets tag digest enabled create annotations'.split(' '),
);

/** Values that their authors keep for themselves, such as `_internal_defaults_do_not_set.global.hub` of Istio. */
export function isInternal(keys: ValuePath): boolean {
  return keys.some(isInternalKey);
}

function isInternalKey(key: string | number): boolean {
  return typeof key === 'string' && /do_?not_?(?:set|use|edit|change)|^_?internal_?defaults/i.test(key);
}

/** A key that may hold the name of an image or a part of it, or one beside a tag. */
export function isNameKey(keys: ValuePath, root: ValueNode): boolean {
  const last = keys.at(-1);
  if (typeof last !== 'string' || keys.some((key) => typeof key === 'number')) return false;
  if (splitWords(last).some((word) => notNames.has(word))) return false;
  if (isRegistryKey(keys) || isImageName(last)) return true;
  const parent = nodeAt(root, keys.slice(0, -1));
  return parent !== undefined && hasTag(parent);
}

/** A key named like a registry: `global.imageRegistry`, `image.registry`, `hub`. */
export function isRegistryKey(keys: ValuePath): boolean {
  const last = keys.at(-1);
  if (typeof last !== 'string' || keys.some((key) => typeof key === 'number')) return false;
  const words = splitWords(last);
  return words.some((word) => word.endsWith('registry') || word === 'hub') || isImagePrefix(words);
}

function isImagePrefix(words: readonly string[]): boolean {
  return words.includes('prefix') && words.some((word) => word === 'image' || word === 'repository');
}
