import { basename } from 'node:path/posix';
import type { SourceLocation } from '../../core/errors.ts';
import { once } from '../../core/process/once.ts';
import type { Rendering } from '../../helm/cli/rendering.ts';
import { type ChartFiles, filesOfArchive, filesOfFolder, isPackagedSubchart } from './chart-files.ts';
import { type ChartYamlLines, type LocatedDependency, readChartYaml, readDependencies } from './chart-yaml-lines.ts';
import type { PlaceInArchive, ValuesSource } from './scalar-value.ts';

/** One chart of the tree that helm renders; a chart with two aliases is there twice. */
export interface ChartNode {
  /** Its key in the parent's values, and its name in the names of templates. */
  readonly key: string;
  readonly yaml: ChartYamlLines;
  /** The chart's own values.yaml. */
  readonly values: { readonly text: string; readonly source: ValuesSource } | undefined;
  readonly subcharts: readonly ChartNode[];
  /** What of the user's files stands for the whole chart: its Chart.yaml, or what it is packed in or asked for by. */
  readonly place: SourceLocation;
  /** Where a line of its Chart.yaml can be shown. */
  placeInChartYaml(line: number): ChartYamlLocation;
  /** The texts of its templates; read when first asked for. */
  templates(): Promise<readonly string[]>;
  /** True when one of them has this text; each text is looked for once. */
  hasInTemplates(text: string): Promise<boolean>;
  /** A template, or its Chart.yaml, by the path from its own root; undefined when absent. */
  read(path: string): Promise<string | undefined>;
}

export interface ChartYamlLocation {
  readonly place: SourceLocation;
  /** Of a chart in an archive. */
  readonly packed?: PlaceInArchive;
}

/** The deepest umbrella charts known have four levels; helm itself has no bound. */
const maximumDepth = 10;
/** The largest umbrella charts have some sixty; what is beyond is read by helm and not looked into here. */
const maximumSubcharts = 500;

/** How the files of a chart are shown: each by its name below a folder, or all as one place, with where they are in the archive. */
type DisplayMode =
  | { readonly as: 'files'; readonly folder: string }
  | { readonly as: 'place'; readonly place: SourceLocation; readonly archive: string; readonly folderInside: string };

/** What a chart and its subcharts bring along; undefined for a chart that is none any more. */
export async function readChartTree(rendering: Rendering, temporary: string): Promise<ChartNode | undefined> {
  const { chart, dependencyCopyPath: builtPath } = rendering;
  const folder = builtPath ?? (chart.kind === 'folder' ? chart.path : undefined);
  const files = folder === undefined ? await filesOfArchive(chart.path, temporary) : filesOfFolder(folder, temporary);
  const shown: DisplayMode =
    chart.kind === 'folder'
      ? { as: 'files', folder: chart.displayPath }
      : { as: 'place', place: { file: chart.displayPath }, archive: basename(chart.displayPath), folderInside: '' };
  const [node] = await new TreeReader().read(files, shown, 0);
  return node;
}

class TreeReader {
  #charts = 0;

  /** One node for each of the names that the parent's `dependencies` give the chart. */
  async read(
    files: ChartFiles,
    shown: DisplayMode,
    depth: number,
    asked: readonly LocatedDependency[] = [],
  ): Promise<readonly ChartNode[]> {
    const text = await files.read('Chart.yaml');
    const yaml = text === undefined ? undefined : readChartYaml(text);
    this.#charts += 1;
    if (yaml === undefined || depth > maximumDepth || this.#charts > maximumSubcharts) return [];
    const requirements = await files.read('requirements.yaml');
    const dependencies = requirements === undefined ? yaml.dependencies : readDependencies(requirements);
    const dependencyFile = requirements === undefined ? 'Chart.yaml' : 'requirements.yaml';
    const subcharts: ChartNode[] = [];
    for (const name of await files.subcharts()) {
      if (/^[._]/.test(name)) continue;
      const opened = await files.openSubchart(name);
      const own = await nameOf(opened);
      const askedFor = dependencies.filter((dependency) => dependency.name === own);
      const subShown = displayUnder(shown, name, dependencyFile, askedFor[0]);
      subcharts.push(...(await this.read(opened, subShown, depth + 1, askedFor)));
    }
    const valuesText = await files.read('values.yaml');
    const templates = once(() => files.templates());
    const found = new Map<string, Promise<boolean>>();
    const node = {
      yaml,
      values: valuesText === undefined ? undefined : { text: valuesText, source: sourceOf(shown, valuesText) },
      subcharts,
      place: shown.as === 'files' ? { file: `${shown.folder}/Chart.yaml` } : shown.place,
      placeInChartYaml: (line: number) => lineOfChartYaml(shown, line),
      templates,
      hasInTemplates: (wanted: string) => {
        const has = found.get(wanted) ?? templates().then((texts) => texts.some((one) => one.includes(wanted)));
        found.set(wanted, has);
        return has;
      },
      read: (path: string) => files.read(path),
    };
    const keys = asked.length === 0 ? [yaml.name] : asked.map(({ alias, name }) => alias ?? name);
    return keys.map((key) => ({ key, ...node }));
  }
}

async function nameOf(files: ChartFiles): Promise<string | undefined> {
  const text = await files.read('Chart.yaml');
  return text === undefined ? undefined : readChartYaml(text)?.name;
}

/** No line of a packed chart can be shown, but the line that asks for it can, and its author can change that. */
function displayUnder(
  shown: DisplayMode,
  name: string,
  file: string,
  dependency: LocatedDependency | undefined,
): DisplayMode {
  if (shown.as === 'place') return { ...shown, folderInside: `${shown.folderInside}charts/${name}/` };
  const folder = `${shown.folder}/charts/${name}`;
  if (!isPackagedSubchart(name)) return { as: 'files', folder };
  const place =
    dependency === undefined ? { file: folder } : { file: `${shown.folder}/${file}`, line: dependency.line };
  return { as: 'place', place, archive: name, folderInside: '' };
}

function lineOfChartYaml(shown: DisplayMode, line: number): ChartYamlLocation {
  if (shown.as === 'files') return { place: { file: `${shown.folder}/Chart.yaml`, line } };
  const { place, archive, folderInside } = shown;
  return { place, packed: { archive, inside: `${folderInside}Chart.yaml:${line}` } };
}

function sourceOf(shown: DisplayMode, text: string): ValuesSource {
  return shown.as === 'files'
    ? { kind: 'file', file: `${shown.folder}/values.yaml`, text }
    : {
        kind: 'packed',
        place: shown.place,
        archive: shown.archive,
        inside: `${shown.folderInside}values.yaml`,
        text,
      };
}
