import { splitWords } from '../../discovery/classify/split-words.ts';
import type { ImageUse } from '../../discovery/image-use.ts';
import { templateLine } from '../../discovery/templates/template-line.ts';
import { splitDocuments } from '../../discovery/yaml/document.ts';
import type { Rendering } from '../../helm/cli/rendering.ts';
import type { ChartNode } from '../tree/chart-tree.ts';
import { fromRoot, toCondition, type ValueCondition } from './chart-conditions.ts';
import { dependencyConditions, nodeAt } from './dependency-conditions.ts';
import type { NamedTemplates } from './named-templates.ts';
import { type Block, blocksOf, conditionsAt } from './template-blocks.ts';
import { type ReferencedPath, referencesIn } from './value-references.ts';

/** Hints from the templates about one use. Paths from the root of the values. */
export interface UseHints {
  /** Conditions around its line. */
  readonly around: readonly ReferencedPath[];
  /** Words of these conditions, for values that they reach through a variable. */
  readonly words: ReadonlySet<string>;
  /** Conditions in the rest of the template. */
  readonly inTemplate: readonly ReferencedPath[];
  /** Conditions and tags of its subchart. */
  readonly ofSubchart: readonly ReferencedPath[];
}

export interface LineHints {
  readonly conditions: readonly (readonly ReferencedPath[])[];
  readonly mentioned: readonly ReferencedPath[];
}

interface ReadTemplate {
  readonly prefix: ReferencedPath;
  readonly text: string;
  readonly blocks: readonly Block[];
}

/** Reads each template of one chart once. */
export class TemplateHints {
  readonly #tree: ChartNode;
  readonly #namedTemplates: NamedTemplates;
  readonly #templates = new Map<string, Promise<ReadTemplate>>();

  constructor(tree: ChartNode, namedTemplates: NamedTemplates) {
    this.#tree = tree;
    this.#namedTemplates = namedTemplates;
  }

  async ofUse(use: ImageUse, rendering: Rendering): Promise<UseHints> {
    const { prefix, text, blocks } = await this.#read(use.template);
    const line = lineInTemplate(use, rendering, text);
    const around = line === undefined ? [] : conditionsAt(blocks, line);
    const noted = (conditions: Block['conditions']): readonly ValueCondition[] =>
      conditions.map((condition) => toCondition(condition, prefix, this.#namedTemplates));
    return {
      around: noted(around).flatMap(({ values }) => values),
      words: new Set(around.flatMap((condition) => splitWords(condition.text))),
      inTemplate: noted(blocks.flatMap(({ conditions }) => conditions)).flatMap(({ values }) => values),
      ofSubchart: await dependencyConditions(this.#tree, prefix),
    };
  }

  /** Conditions of a line, innermost first, then values it references. */
  async ofLine(template: string, line: number): Promise<LineHints> {
    const { prefix, text, blocks } = await this.#read(template);
    const around = conditionsAt(blocks, line).toReversed();
    const mentioned = referencesIn(text.split('\n')[line - 1] ?? '', { dot: [], variables: new Map() });
    return {
      conditions: around.map((condition) => toCondition(condition, prefix, this.#namedTemplates).values),
      mentioned: mentioned.map((path) => fromRoot(prefix, path)),
    };
  }

  /** Values in all conditions of a template. */
  async ofTemplate(template: string): Promise<readonly ReferencedPath[]> {
    const { prefix, blocks } = await this.#read(template);
    const conditions = blocks.flatMap((block) => block.conditions);
    return conditions.flatMap((condition) => toCondition(condition, prefix, this.#namedTemplates).values);
  }

  #read(template: string): Promise<ReadTemplate> {
    const known = this.#templates.get(template);
    if (known !== undefined) return known;
    const reading = this.#readNow(template);
    this.#templates.set(template, reading);
    return reading;
  }

  async #readNow(template: string): Promise<ReadTemplate> {
    // The values of `parent/charts/a/charts/b/templates/c.yaml` are at `a.b`.
    const [charts = '', ...path] = template.split('/templates/');
    const prefix = charts.split('/charts/').slice(1);
    const text = (await nodeAt(this.#tree, prefix)?.read(`templates/${path.join('/templates/')}`)) ?? '';
    return { prefix, text, blocks: blocksOf(text) };
  }
}

function lineInTemplate(use: ImageUse, rendering: Rendering, template: string): number | undefined {
  const document = splitDocuments(rendering.text).findLast((one) => one.firstLine <= use.line);
  if (document === undefined || template === '') return undefined;
  return templateLine(template, document.text, use.line - document.firstLine + 1);
}
