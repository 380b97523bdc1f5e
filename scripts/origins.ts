/**
 * Whether value origins are true: for each image of the corpus with a value, the scalar at the line that is named is
 * changed and the chart rendered by helm, and exactly that part of that image must change. For each image that no
 * value is named for, every text of the values is changed, and no such change may move it. Arguments: the folder of
 * the corpus, else the one beside the repository; `helm-3` for that release; names of charts for only those. Prints
 * each wrong line and the figures, and ends with 1 if there is one.
 */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { discover } from '../src/discovery/discover.ts';
import { renderCharts } from '../src/helm/cli/render-charts.ts';
import { pairUses } from '../src/values/provenance/pair-uses.ts';
import { withOffsets } from '../src/values/provenance/part-source.ts';
import type { RenderingProvenance, UseProvenance } from '../src/values/provenance/provenance.ts';
import { partSpans } from '../src/values/provenance/reference-parts.ts';
import { type RenderContext, renderWith } from '../src/values/provenance/render-with.ts';
import { createValueTracer, templatedUses } from '../src/values/provenance/trace-values.ts';
import { formatValuePath, type ScalarValue } from '../src/values/tree/scalar-value.ts';
import { scalarsOf } from '../src/values/tree/value-tree.ts';
import type { CorpusChart } from './corpus/charts.ts';
import { openChart, optionsOf } from './corpus/open-chart.ts';
import { otherText } from './corpus/other-text.ts';
import { openValueRun } from './corpus/value-run.ts';

const { corpus, helm, access, charts } = await openValueRun('origins');
const figures = { claims: 0, right: 0, unproved: 0, wrong: 0, without: 0, falsely: 0, parts: 0, located: 0 };

try {
  for (const chart of charts) await check(chart);
} finally {
  await rm(access.workFolder, { recursive: true, force: true });
}
console.log('');
console.log(`parts of images ${figures.parts}: with a line ${figures.located}`);
console.log(
  `lines ${figures.claims}: right ${figures.right}, wrong ${figures.wrong}, refused by the chart ${figures.unproved}`,
);
console.log(
  `images whose name no value is named for ${figures.without}: moved by a value all the same ${figures.falsely}`,
);
process.exitCode = figures.wrong + figures.falsely > 0 ? 1 : 0;

async function check(expected: CorpusChart): Promise<void> {
  const chart = await openChart(corpus, expected, access, 'folder');
  const template = optionsOf(expected);
  const [rendering] = await renderCharts(helm, [chart], template, access);
  if (rendering === undefined) throw new Error(`${expected.chart} was not rendered`);
  process.stderr.write(`${expected.chart}\n`);
  const tools = { helm, template, access };
  const origins = await createValueTracer(tools).originsOf(rendering, discover([rendering]));
  const printed = new Set(templatedUses(origins.uses.map(({ use }) => use)));
  const uses = origins.uses.filter(({ use }) => printed.has(use));
  for (const claim of claimsOf(uses)) await checkClaim(expected.chart, claim, uses, origins, tools);
  await checkUnclaimed(expected.chart, origins, uses, tools);
}

interface Claim {
  readonly file: string;
  readonly line: number;
  /** The part of the scalar that is printed. */
  readonly text: string;
  readonly path: string;
  /** Offsets in the images that it is said to make. */
  readonly places: readonly { readonly origin: UseProvenance; readonly start: number; readonly end: number }[];
}

function claimsOf(uses: readonly UseProvenance[]): readonly Claim[] {
  const claims = new Map<string, Claim>();
  for (const origin of uses) {
    const spans = partSpans(origin.use.image);
    const segments = withOffsets(origin.segments);
    for (const part of ['registry', 'repository', 'tag', 'digest'] as const) {
      const span = spans[part];
      if (span === undefined) continue;
      figures.parts += 1;
      const inside = segments.filter(({ start, text }) => start < span.end && start + text.length > span.start);
      if (inside.some(({ source }) => source.from !== 'template')) figures.located += 1;
    }
    for (const { text, start, source } of segments) {
      if (source.from === 'template' || source.location?.line === undefined) continue;
      const { file, line } = source.location;
      const path = source.from === 'value' ? source.valuePath : source.field;
      const key = JSON.stringify([file, line, path, text]);
      const known = claims.get(key)?.places ?? [];
      claims.set(key, { file, line, text, path, places: [...known, { origin, start, end: start + text.length }] });
    }
  }
  return [...claims.values()];
}

/** Changes the text at the line, renders, and compares every image. */
async function checkClaim(
  chart: string,
  claim: Claim,
  uses: readonly UseProvenance[],
  { rendering, values, permissions }: RenderingProvenance,
  tools: RenderContext,
): Promise<void> {
  figures.claims += 1;
  const file = resolve(access.workFolder, claim.file);
  const before = await readFile(file, 'utf8');
  const lines = before.split('\n');
  const line = lines[claim.line - 1] ?? '';
  let refusal = '';
  for (const attempt of [0, 1, 2]) {
    const other = otherText(claim.text, attempt);
    const changed = changedLine(line, claim, other);
    if (changed === undefined) return wrong(chart, claim, `its line is ${line.trim()}`);
    lines[claim.line - 1] = changed;
    await writeFile(file, lines.join('\n'));
    const rendered = await renderWith(rendering, values, permissions, tools).finally(() => writeFile(file, before));
    if (!rendered.ok) {
      refusal = rendered.reason.split('\n')[0] ?? '';
      continue;
    }
    const after = discover([rendered.rendering]).images.flatMap((image) => image.uses);
    const { pairs } = pairUses(
      uses.map(({ use }) => use),
      after,
    );
    for (const { origin, start, end } of claim.places) {
      const { image } = origin.use;
      // A text can have several images, whose order may change with their names.
      const beside = after.filter(({ template, path }) => template === origin.use.template && path === origin.use.path);
      const wantedText = (image.slice(0, start) + other + image.slice(end)).toLowerCase();
      const seen = (beside.find((use) => use.image.toLowerCase() === wantedText) ?? pairs.get(origin.use))?.image;
      if (seen?.toLowerCase() !== wantedText && !isSameButOnePart(image, seen, start, end))
        return wrong(chart, claim, `${image} is ${seen} and not ${wantedText}`);
    }
    figures.right += 1;
    return;
  }
  figures.unproved += 1;
  console.log(`${chart}: refused: ${claim.file}:${claim.line} (${claim.path}): ${refusal}`);
}

/** Charts replace or cut characters: only the named part may differ. */
function isSameButOnePart(image: string, seen: string | undefined, start: number, end: number): boolean {
  if (seen === undefined || seen === image) return false;
  return seen.startsWith(image.slice(0, start)) && seen.endsWith(image.slice(end));
}

function changedLine(line: string, { text, path }: Claim, other: string): string | undefined {
  const key = /^[\s-]*(?:"[^"]*"|'[^']*'|[\w./-]+)\s*:(?=\s|$)/.exec(line)?.[0].length ?? 0;
  const at = line.toLowerCase().indexOf(text.toLowerCase(), path.includes(text) ? key : 0);
  if (at >= 0) return line.slice(0, at) + other + line.slice(at + text.length);
  // An unquoted number, which helm prints in another form.
  const scalar = /^([\s-]*[\w./-]+\s*:\s*)([-+\d._ex]+)(\s*(?:#.*)?)$/i.exec(line);
  return scalar === null ? undefined : `${scalar[1]}"${other}"${scalar[3]}`;
}

function wrong(chart: string, claim: Claim, reason: string): void {
  figures.wrong += 1;
  console.log(`${chart}: wrong: ${claim.file}:${claim.line} (${claim.path}, ${claim.text}): ${reason}`);
}

/** Changes every text of the values, in halves where a rendering fails or an image moves. */
async function checkUnclaimed(
  chart: string,
  { rendering, values, permissions }: RenderingProvenance,
  uses: readonly UseProvenance[],
  tools: RenderContext,
): Promise<void> {
  const open = uses.filter(({ segments }) => segments[0]?.source.from === 'template');
  figures.without += new Set(open.map(({ use }) => use.image)).size;
  if (open.length === 0) return;
  const leaves = [...scalarsOf(values.root)].filter(({ scalar }) => scalar !== 'other');
  const moved = new Map<string, string>();
  const groups: (readonly ScalarValue[])[] = [leaves];
  for (let group = groups.pop(); group !== undefined; group = groups.pop()) {
    if (group.length === 0) continue;
    const edits = group.map((leaf) => ({
      leaf,
      text: leaf.text === '' ? 'sentinel.example' : otherText(leaf.text, 0),
    }));
    const rendered = await renderWith(rendering, values, [...permissions, ...edits], tools);
    const middle = Math.ceil(group.length / 2);
    if (!rendered.ok) {
      if (group.length > 1) groups.push(group.slice(0, middle), group.slice(middle));
      continue;
    }
    const after = discover([rendered.rendering]).images.flatMap((image) => image.uses);
    const { pairs } = pairUses(
      open.map(({ use }) => use),
      after,
    );
    const changed = open.filter(({ use }) => {
      const other = pairs.get(use)?.image;
      return other !== undefined && nameOf(other) !== nameOf(use.image);
    });
    if (changed.length === 0 && pairs.size === open.length) continue;
    if (group.length > 1) groups.push(group.slice(0, middle), group.slice(middle));
    else for (const { use } of changed) moved.set(use.image, formatValuePath(group[0]?.keys ?? []));
  }
  figures.falsely += moved.size;
  for (const [image, path] of moved) console.log(`${chart}: ${image} is moved by ${path}`);
}

function nameOf(image: string): string {
  return image.slice(0, partSpans(image).repository?.end);
}
