import { ChartImagesError } from '../../core/errors.ts';
import { readText } from '../../core/files/read-file.ts';
import { realDisplayPath } from '../../core/files/real-display-path.ts';
import type { Finding } from '../../core/findings.ts';
import { joinWithLimit } from '../../core/text.ts';
import { lineIndex } from '../../discovery/yaml/line-index.ts';
import { maximumDocumentLength, parseYamlTree } from '../../discovery/yaml/parse-yaml-tree.ts';
import type { TreeNode } from '../../discovery/yaml/yaml-tree.ts';
import type { Rendering } from '../../helm/cli/rendering.ts';
import type { ChartNode } from './chart-tree.ts';
import type { ValuesSource } from './scalar-value.ts';

/** Keys in one message. */
const shownKeys = 5;

/** Where a values file is shown: by line, or as its archive. */
type ValuesFile = Exclude<ValuesSource, { readonly kind: 'set' }>;

/** The chart of a rendering with its subcharts. Errors: those of reading a chart again. */
type ReadTree = (rendering: Rendering) => Promise<ChartNode | undefined>;

/**
 * One notice for each values file with a duplicate key, of the user, a chart, or a subchart, at the line that Helm
 * uses. Files that cannot be read are skipped: Helm has already read them.
 */
export async function duplicateKeyFindings(
  renderings: readonly Rendering[],
  workFolder: string,
  readTree: ReadTree,
): Promise<readonly Finding[]> {
  const files = new Map<string, ValuesFile>();
  const add = (source: ValuesFile): void => {
    files.set(
      source.kind === 'file' ? source.file : `${source.location.file} ${source.archive} ${source.inside}`,
      source,
    );
  };
  const charts = new Map(renderings.map((rendering) => [rendering.chart, rendering]));
  for (const [chart, rendering] of charts) {
    const root = await readable(() => readTree(rendering));
    for (const { values } of root === undefined ? [] : chartsOf(root)) {
      if (values !== undefined && values.source.kind !== 'set') add(values.source);
    }
    for (const path of new Set(chart.valueSets.flatMap(({ valueFiles }) => valueFiles))) {
      const file = await realDisplayPath(path, workFolder);
      const text = await readable(() => readText(path, { maximumBytes: maximumDocumentLength, name: file }));
      if (text !== undefined) add({ kind: 'file', file, text });
    }
  }
  return [...files.values()].flatMap(duplicatesIn);
}

function chartsOf(chart: ChartNode): readonly ChartNode[] {
  return [chart, ...chart.subcharts.flatMap(chartsOf)];
}

function duplicatesIn(source: ValuesFile): readonly Finding[] {
  const { text } = source;
  const parsed = parseYamlTree(text);
  const duplicates = parsed.ok ? duplicatesBelow(parsed.value, [], new Set()) : [];
  const [first] = duplicates;
  if (first === undefined) return [];
  const keys = joinWithLimit([...new Set(duplicates.map(({ path }) => path))], shownKeys);
  const line = lineIndex(text, 1)(first.offset);
  const name = source.kind === 'file' ? source.file : `${source.archive} (${source.inside}:${line})`;
  return [
    {
      code: 'duplicate-key',
      severity: 'notice',
      message: `${name} has a key more than once: ${keys}. Helm uses only the last value of a key.`,
      advice:
        source.kind === 'file'
          ? 'Remove the others, or merge their maps.'
          : 'Check that the last value is the right one, or set it in the values of this run.',
      ...(source.kind === 'file' ? { file: source.file, line } : source.location),
    },
  ];
}

interface DuplicateKey {
  readonly path: string;
  /** Of the value that Helm uses. */
  readonly offset: number;
}

/** An alias refers to a node that was already visited. */
function duplicatesBelow(node: TreeNode, path: readonly string[], visited: Set<TreeNode>): readonly DuplicateKey[] {
  if (node.type === 'text' || visited.has(node)) return [];
  visited.add(node);
  if (node.type === 'list') {
    return node.items.flatMap((item, index) => duplicatesBelow(item, [...path, `${index}`], visited));
  }
  return [...node.entries].flatMap(([key, child]) => {
    const below = [...path, key];
    const own = node.duplicates?.has(key) === true ? [{ path: below.join('.'), offset: child.offset }] : [];
    return [...own, ...duplicatesBelow(child, below, visited)];
  });
}

async function readable<T>(read: () => Promise<T | undefined>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof ChartImagesError) return undefined;
    throw error;
  }
}
