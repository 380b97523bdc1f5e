import type { ChartNode } from '../origins/chart-tree.ts';
import { Lexicon } from './lexicon.ts';
import { switchId } from './switch.ts';
import { blocksOf, type Condition } from './template-blocks.ts';
import type { ValuePath } from './value-references.ts';

/** A condition of a template with the values that it depends on, from the root of the user's values. */
export interface NotedCondition extends Condition {
  readonly values: readonly ValuePath[];
}

/** What the templates of a chart and its subcharts say of its values. */
export interface ChartNotes {
  readonly lexicon: Lexicon;
  readonly conditions: readonly NotedCondition[];
  /** Ids of the values that a part with an image depends on. */
  readonly leadingToImages: ReadonlySet<string>;
}

/** Reads all templates of the tree. */
export async function readNotes(tree: ChartNode): Promise<ChartNotes> {
  const charts = await textsOf(tree, []);
  const lexicon = new Lexicon(charts.flatMap(({ texts }) => texts));
  const conditions = new Map<string, NotedCondition>();
  const leadingToImages = new Set<string>();
  for (const { prefix, texts } of charts) {
    for (const block of texts.flatMap(blocksOf)) {
      const values = block.conditions.map((condition) => {
        const noted = noteOf(condition, prefix, lexicon);
        conditions.set(JSON.stringify([prefix, condition.branch, condition.text]), noted);
        return noted.values;
      });
      if (values.length === 0 || !lexicon.mayPrintImage(block.text)) continue;
      for (const keys of values.flat()) leadingToImages.add(switchId({ keys }));
    }
  }
  return { lexicon, conditions: [...conditions.values()], leadingToImages };
}

/** A condition in a template of the chart whose values stand below `prefix`. */
export function noteOf(condition: Condition, prefix: ValuePath, lexicon: Lexicon): NotedCondition {
  return { ...condition, values: lexicon.valuesOf(condition).map((path) => fromRoot(prefix, path)) };
}

/** `global` is one for all charts. */
export function fromRoot(prefix: ValuePath, path: ValuePath): ValuePath {
  return path[0] === 'global' ? path : [...prefix, ...path];
}

interface ChartTexts {
  readonly prefix: ValuePath;
  readonly texts: readonly string[];
}

async function textsOf(node: ChartNode, prefix: ValuePath): Promise<readonly ChartTexts[]> {
  const below = await Promise.all(node.subcharts.map((subchart) => textsOf(subchart, [...prefix, subchart.key])));
  return [{ prefix, texts: await node.templates() }, ...below.flat()];
}
