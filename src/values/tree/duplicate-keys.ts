import { ChartImagesError } from '../../core/errors.ts';
import { readText } from '../../core/files/read-file.ts';
import { realDisplayPath } from '../../core/files/real-display-path.ts';
import type { Finding } from '../../core/findings.ts';
import { joinWithLimit } from '../../core/text.ts';
import { lineIndex } from '../../discovery/yaml/line-index.ts';
import { maximumDocumentLength, parseYamlTree } from '../../discovery/yaml/parse-yaml-tree.ts';
import type { TreeNode } from '../../discovery/yaml/yaml-tree.ts';
import type { Chart } from '../../helm/charts/chart.ts';
import { fileOfChart } from '../../helm/charts/chart-file.ts';

/** Keys in one message. */
const shownKeys = 5;

/**
 * One notice for each values file with a duplicate key, at the line that Helm uses. Not for packaged charts, because
 * their author does not run this. Files that cannot be read are skipped: Helm has already read them.
 */
export async function duplicateKeyFindings(charts: readonly Chart[], workFolder: string): Promise<readonly Finding[]> {
  const texts = new Map<string, string>();
  for (const chart of charts) {
    const own = chart.kind === 'folder' ? await readable(() => chart.readFile('values.yaml')) : undefined;
    if (own !== undefined) texts.set(fileOfChart(chart, 'values.yaml'), own);
    for (const path of new Set(chart.valueSets.flatMap(({ valueFiles }) => valueFiles))) {
      const name = await realDisplayPath(path, workFolder);
      const text = await readable(() => readText(path, { maximumBytes: maximumDocumentLength, name }));
      if (text !== undefined) texts.set(name, text);
    }
  }
  return [...texts].flatMap(([file, text]) => duplicatesIn(file, text));
}

function duplicatesIn(file: string, text: string): readonly Finding[] {
  const parsed = parseYamlTree(text);
  const duplicates = parsed.ok ? duplicatesBelow(parsed.value, [], new Set()) : [];
  const [first] = duplicates;
  if (first === undefined) return [];
  const keys = joinWithLimit([...new Set(duplicates.map(({ path }) => path))], shownKeys);
  return [
    {
      code: 'duplicate-key',
      severity: 'notice',
      message: `${file} has a key more than once: ${keys}. Helm uses only the last value of a key.`,
      advice: 'Remove the others, or merge their maps.',
      file,
      line: lineIndex(text, 1)(first.offset),
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

async function readable(read: () => Promise<string | undefined>): Promise<string | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof ChartImagesError) return undefined;
    throw error;
  }
}
