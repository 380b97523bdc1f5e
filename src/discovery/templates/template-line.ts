import { producesOutput, readTemplate, similarity, type TemplateLine } from './template-source.ts';

/** Rendered lines around the wanted one to align; lines farther away do not affect it. */
const linesBefore = 400;
const linesAfter = 100;
/** Longer templates are not aligned, because the table is as large as the product of the lengths. */
const maximumTemplateLines = 10_000;

/**
 * The template line that produced a rendered line, by aligning lines in order for the most equal text. A line from
 * `include` or `toYaml` maps to the line with that action. Lines are 1-based; `renderedLine` is relative to the
 * document. Undefined if unknown.
 */
export function templateLine(templateText: string, renderedDocument: string, renderedLine: number): number | undefined {
  const template = readTemplate(templateText);
  if (template.length > maximumTemplateLines) return undefined;
  const start = Math.max(0, renderedLine - 1 - linesBefore);
  const window = renderedDocument.split('\n').slice(start, renderedLine + linesAfter);
  const rendered = window.map((line) => line.trim());
  const wanted = renderedLine - 1 - start;
  if (rendered[wanted] === undefined) return undefined;
  const found = locateInTemplate(template, rendered, wanted);
  return found === undefined ? undefined : found + 1;
}

function locateInTemplate(
  template: readonly TemplateLine[],
  rendered: readonly string[],
  wanted: number,
): number | undefined {
  const aligned = alignLines(template, rendered);
  const direct = aligned[wanted];
  if (direct !== undefined) return direct;
  const before = aligned.slice(0, wanted).findLast((line) => line !== undefined) ?? -1;
  const after = aligned.slice(wanted + 1).find((line) => line !== undefined) ?? template.length;
  return repeatedByRange(template, rendered[wanted] ?? '', before) ?? producingAction(template, before, after);
}

/** For another iteration of a `range`, whose template lines are aligned to a different iteration. Nearest wins. */
function repeatedByRange(template: readonly TemplateLine[], text: string, near: number): number | undefined {
  let best: number | undefined;
  let bestFit = 0;
  for (const [index, line] of template.entries()) {
    const score = similarity(line, text);
    if (score === 0 || score < bestFit) continue;
    if (score === bestFit && best !== undefined && Math.abs(best - near) <= Math.abs(index - near)) continue;
    best = index;
    bestFit = score;
  }
  return best;
}

/** The action between the aligned neighbors; a line with literal text can have produced more lines below it. */
function producingAction(template: readonly TemplateLine[], before: number, after: number): number | undefined {
  for (let index = Math.max(0, before + 1); index < after; index += 1) {
    const line = template[index];
    if (line && producesOutput(line)) return index;
  }
  const line = template[before];
  return line && producesOutput(line) ? before : undefined;
}

/** The template line of each rendered line in the best monotone alignment (weighted longest common subsequence). */
function alignLines(template: readonly TemplateLine[], rendered: readonly string[]): readonly (number | undefined)[] {
  const width = template.length + 1;
  const best = new Int32Array((rendered.length + 1) * width);
  const at = (index: number): number => best[index] ?? 0;
  for (let row = rendered.length - 1; row >= 0; row -= 1) {
    for (let column = template.length - 1; column >= 0; column -= 1) {
      const skip = Math.max(at((row + 1) * width + column), at(row * width + column + 1));
      best[row * width + column] = Math.max(
        skip,
        similarityAt(template, rendered, row, column) + at((row + 1) * width + column + 1),
      );
    }
  }
  const columns: (number | undefined)[] = new Array(rendered.length).fill(undefined);
  let row = 0;
  let column = 0;
  // Of equal alignments, the one with the earliest lines.
  while (row < rendered.length && column < template.length) {
    const here = at(row * width + column);
    const weight = similarityAt(template, rendered, row, column);
    if (weight > 0 && weight + at((row + 1) * width + column + 1) === here) {
      columns[row] = column;
      row += 1;
      column += 1;
    } else if (at(row * width + column + 1) === here) column += 1;
    else row += 1;
  }
  return columns;
}

function similarityAt(
  template: readonly TemplateLine[],
  rendered: readonly string[],
  row: number,
  column: number,
): number {
  const line = template[column];
  const text = rendered[row];
  return line === undefined || text === undefined || text === '' ? 0 : similarity(line, text);
}
