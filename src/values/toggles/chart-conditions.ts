import type { ChartNode } from '../tree/chart-tree.ts';
import { NamedTemplates } from './named-templates.ts';
import { blocksOf, type Condition } from './template-blocks.ts';
import { togglePathKey } from './toggle.ts';
import type { ReferencedPath } from './value-references.ts';

/** A condition of a template with its values, from the root of the user values. */
export interface ValueCondition extends Condition {
  readonly values: readonly ReferencedPath[];
}

/** Conditions in the templates of a chart and its subcharts. */
export interface ChartConditions {
  readonly namedTemplates: NamedTemplates;
  readonly conditions: readonly ValueCondition[];
  /** IDs of values that parts with images depend on. */
  readonly leadingToImages: ReadonlySet<string>;
}

export async function readConditions(tree: ChartNode): Promise<ChartConditions> {
  const charts = await textsOf(tree, []);
  const namedTemplates = new NamedTemplates(charts.flatMap(({ texts }) => texts));
  const conditions = new Map<string, ValueCondition>();
  const leadingToImages = new Set<string>();
  for (const { prefix, texts } of charts) {
    for (const block of texts.flatMap(blocksOf)) {
      const values = block.conditions.map((condition) => {
        const noted = toCondition(condition, prefix, namedTemplates);
        conditions.set(JSON.stringify([prefix, condition.branch, condition.text]), noted);
        return noted.values;
      });
      if (values.length === 0 || !namedTemplates.mayPrintImage(block.text)) continue;
      for (const keys of values.flat()) leadingToImages.add(togglePathKey({ keys }));
    }
  }
  return { namedTemplates, conditions: [...conditions.values()], leadingToImages };
}

/** `prefix`: path of the values of the chart that has the template. */
export function toCondition(
  condition: Condition,
  prefix: ReferencedPath,
  namedTemplates: NamedTemplates,
): ValueCondition {
  return { ...condition, values: namedTemplates.valuesOf(condition).map((path) => fromRoot(prefix, path)) };
}

/** `global` is shared by all charts. */
export function fromRoot(prefix: ReferencedPath, path: ReferencedPath): ReferencedPath {
  return path[0] === 'global' ? path : [...prefix, ...path];
}

interface ChartTexts {
  readonly prefix: ReferencedPath;
  readonly texts: readonly string[];
}

async function textsOf(node: ChartNode, prefix: ReferencedPath): Promise<readonly ChartTexts[]> {
  const below = await Promise.all(node.subcharts.map((subchart) => textsOf(subchart, [...prefix, subchart.key])));
  return [{ prefix, texts: await node.templates() }, ...below.flat()];
}
