import { blocksOf, type Condition } from './template-blocks.ts';
import { type ReferencedPath, referencesIn } from './value-references.ts';

/** A named template with more values than this is not a condition. */
const maximumValues = 12;
/** Maximum depth of includes. Deeper chains add labels and names, not images. */
const maximumDepth = 4;

const rootScope = { dot: [], variables: new Map() } as const;

/** Named templates of a chart and its subcharts, which share one namespace. */
export class NamedTemplates {
  readonly #named = new Map<string, string>();
  readonly #flags = new Map<string, ReferencedPath[]>();
  readonly #withImage = new Map<string, boolean>();

  constructor(templates: readonly string[]) {
    for (const { name, text } of templates.flatMap(blocksOf)) {
      if (name === undefined) continue;
      this.#named.set(name, text);
      this.#collectFlags(text);
    }
  }

  /** Values of a condition, also through `include` and through maps that a named template prints. */
  valuesOf({ text, values }: Condition): readonly ReferencedPath[] {
    const found = new Map(values.map((path) => [path.join('\n'), path]));
    const included = includesIn(text).flatMap((name) => this.#valuesIn(name));
    const carried = [...text.matchAll(/\.(\w+)\b/g)].flatMap(([, name = '']) => this.#flags.get(name) ?? []);
    for (const path of [...included, ...carried]) found.set(path.join('\n'), path);
    return [...found.values()];
  }

  /** Whether a part of a template may print an image: it has the word, or includes a template that has it. */
  mayPrintImage(text: string, depth = 0): boolean {
    // Pull secrets and policies are in many templates without images.
    const telling = text.replaceAll(/[\w.]*image[\w.]*pull\w*/gi, '');
    if (/image/i.test(telling)) return true;
    return depth < maximumDepth && includesIn(text).some((name) => this.#isWithImage(name, depth + 1));
  }

  #isWithImage(name: string, depth: number): boolean {
    const known = this.#withImage.get(name);
    if (known !== undefined) return known;
    // Stops at cyclic includes.
    this.#withImage.set(name, false);
    const response = this.mayPrintImage(this.#named.get(name) ?? '', depth);
    this.#withImage.set(name, response);
    return response;
  }

  #valuesIn(name: string): readonly ReferencedPath[] {
    const values = referencesIn(this.#named.get(name) ?? '', rootScope);
    return values.length > maximumValues ? [] : values;
  }

  /** `metrics:` with `enabled: {{ … }}` below, which templates read by `fromYaml (include …)` as `.metrics.enabled`. */
  #collectFlags(text: string): void {
    for (const [, name = '', expression = ''] of text.matchAll(
      /^[ \t]*(\w+):[ \t]*\n[ \t]+\w+:[ \t]*\{\{(.*?)\}\}/gms,
    )) {
      const values = referencesIn(expression, rootScope);
      if (values.length > 0) this.#flags.set(name, [...(this.#flags.get(name) ?? []), ...values]);
    }
  }
}

function includesIn(text: string): readonly string[] {
  return [...text.matchAll(/\b(?:include|template)\s+"([^"]+)"/g)].map(([, name = '']) => name);
}
