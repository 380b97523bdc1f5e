/** A chart of the test's own with everything that the search for origins needs of a run. */
import { join } from 'node:path';
import { writeFileAtomically } from '../../../src/core/files/write-file.ts';
import { discover } from '../../../src/discovery/discover.ts';
import type { Discovery } from '../../../src/discovery/image-use.ts';
import type { ValueSet } from '../../../src/helm/charts/chart.ts';
import type { Helm } from '../../../src/helm/cli/helm.ts';
import { renderCharts } from '../../../src/helm/cli/render-charts.ts';
import type { Rendering } from '../../../src/helm/cli/rendering.ts';
import type { RenderingProvenance, UseProvenance } from '../../../src/values/provenance/provenance.ts';
import type { RenderContext } from '../../../src/values/provenance/render-with.ts';
import { createValueTracer, traceAll, type ValueTracer } from '../../../src/values/provenance/trace-values.ts';
import { defaultSet, helmSetting, noOptions } from '../../helm/cli/helm-fixtures.ts';
import { type Files, writeFiles } from '../../support/charts.ts';

export interface Scene {
  readonly work: string;
  readonly renderings: readonly [Rendering, ...Rendering[]];
  readonly discovery: Discovery;
  readonly finder: ValueTracer;
  readonly tools: RenderContext;
}

export interface SceneOptions {
  /** Below the work folder, where user's value files stand. */
  readonly files?: Files;
  readonly binaries?: Readonly<Record<string, Buffer>>;
  readonly valueSets?: readonly ValueSet[];
  /** Where the chart is, from the work folder. */
  readonly location?: string;
}

/** A chart `shop` in `charts/shop`, unless its files say otherwise. */
export const shopYaml = 'apiVersion: v2\nname: shop\nversion: 1.0.0\n';

/** A template with one pod and these images. */
export function podOf(...images: readonly string[]): string {
  const containers = images.map((image, index) => `    - name: c${index}\n      image: ${image}\n`);
  return `apiVersion: v1\nkind: Pod\nmetadata:\n  name: pod\nspec:\n  containers:\n${containers.join('')}`;
}

export async function scene(helm: Helm, chartFiles: Files, options: SceneOptions = {}): Promise<Scene> {
  const { files = {}, binaries = {}, valueSets = [defaultSet], location = 'charts/shop' } = options;
  return await sceneIn(helm, location, valueSets, async (work) => {
    await writeFiles(join(work, 'charts/shop'), { 'Chart.yaml': shopYaml, ...chartFiles });
    await writeFiles(work, files);
    for (const [path, content] of Object.entries(binaries)) await writeFileAtomically(join(work, path), content);
  });
}

/** The same of whatever `prepare` puts into the work folder; value files are named from there. */
export async function sceneIn(
  helm: Helm,
  location: string,
  valueSets: readonly ValueSet[],
  prepare: (work: string) => Promise<void>,
): Promise<Scene> {
  const { work, access, chart } = await helmSetting();
  await prepare(work);
  const sets = valueSets.map((set) => ({ ...set, valueFiles: set.valueFiles.map((file) => join(work, file)) }));
  const [first, ...others] = await renderCharts(helm, [await chart(location, ...sets)], noOptions, access);
  if (first === undefined) throw new Error('nothing was rendered');
  const tools = { helm, template: noOptions, access };
  const renderings: Scene['renderings'] = [first, ...others];
  return { work, renderings, discovery: discover(renderings), finder: createValueTracer(tools), tools };
}

export async function originsIn({ discovery, renderings, finder }: Scene): Promise<readonly RenderingProvenance[]> {
  return await traceAll(discovery, renderings, finder);
}

/** Of the first value set, each reference as `[text path]constant[text path]`, in the order of the report. */
export async function tracedUses(scene: Scene): Promise<readonly string[]> {
  const [first] = await originsIn(scene);
  return (first?.uses ?? []).map(formatSegments);
}

export function formatSegments({ segments }: UseProvenance): string {
  const texts = segments.map(({ text, source }) => {
    if (source.from === 'template') return text;
    return `[${text} ${source.from === 'value' ? source.valuePath : source.field}]`;
  });
  return texts.join('');
}

/** `file:line:column` of each value of the first value set, once. */
export async function locationsIn(scene: Scene): Promise<readonly string[]> {
  const [first] = await originsIn(scene);
  const places = (first?.uses ?? []).flatMap(({ segments }) =>
    segments.flatMap(({ source }) => {
      if (source.from === 'template') return [];
      const { file = '(none)', line = '', column = '' } = source.location ?? {};
      return [`${file}:${line}:${column}`];
    }),
  );
  return [...new Set(places)];
}
