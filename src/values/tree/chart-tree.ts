import { basename } from 'node:path/posix';
import type { SourceLocation } from '../../core/errors.ts';
import { once } from '../../core/once.ts';
import type { Rendering } from '../../helm/cli/rendering.ts';
import { type ChartFiles, filesOfArchive, filesOfFolder, isPackagedSubchart } from './chart-files.ts';
import { type ChartYamlLines, type LocatedDependency, readChartYaml, readDependencies } from './chart-yaml-lines.ts';
import type { PlaceInArchive, ValuesSource } from './scalar-value.ts';

/** A chart of the rendered tree. A chart with two aliases occurs twice. */
export interface ChartNode {
  /** Key in the values of the parent, and name in template paths. */
  readonly key: string;
  readonly yaml: ChartYamlLines;
  /** values.yaml of the chart. */
  readonly values: { readonly text: string; readonly source: ValuesSource } | undefined;
  readonly subcharts: readonly ChartNode[];
  /** Location of the whole chart in user files: its Chart.yaml, its archive, or the dependency that references it. */
  readonly place: SourceLocation;
  /** Location of a line of its Chart.yaml. */
  placeInChartYaml(line: number): ChartYamlLocation;
  /** Template texts, read on first use. */
  templates(): Promise<readonly string[]>;
  /** Whether a template contains this text. Cached. */
  hasInTemplates(text: string): Promise<boolean>;
  /** Path from the root of the chart. Undefined if absent. */
  read(path: string): Promise<string | undefined>;
}

export interface ChartYamlLocation {
  readonly place: SourceLocation;
  /** Only for a chart in an archive. */
  readonly packed?: PlaceInArchive;
}

/** Maximum depth. The deepest known charts have four levels, and helm has no limit. */
const maximumDepth = 10;
/** Maximum of traced subcharts. The largest known charts have sixty. */
const maximumSubcharts = 500;

/** How files are shown: by path in a folder, or as one location with a position in the archive. */
type DisplayMode =
  | { readonly as: 'files'; readonly folder: string }
  | { readonly as: 'place'; readonly place: SourceLocation; readonly archive: string; readonly folderInside: string };

/** Undefined if the chart is no longer readable. */
export async function readChartTree(rendering: Rendering, temporary: string): Promise<ChartNode | undefined> {
  const { chart, dependencyCopyPath: builtPath } = rendering;
  const folder = builtPath ?? (chart.kind === 'folder' ? chart.path : undefined);
  const files = folder === undefined ? await filesOfArchive(chart.path, temporary) : filesOfFolder(folder, temporary);
  const display: DisplayMode =
    chart.kind === 'folder'
      ? { as: 'files', folder: chart.displayPath }
      : { as: 'place', place: { file: chart.displayPath }, archive: basename(chart.displayPath), folderInside: '' };
  const [node] = await new TreeReader().read(files, display, 0);
  return node;
}

class TreeReader {
  #charts = 0;

  /** One node per name in the `dependencies` of the parent. */
  async read(
    files: ChartFiles,
    display: DisplayMode,
    depth: number,
    declared: readonly LocatedDependency[] = [],
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
      const matching = dependencies.filter((dependency) => dependency.name === own);
      const subchartDisplay = displayUnder(display, name, dependencyFile, matching[0]);
      subcharts.push(...(await this.read(opened, subchartDisplay, depth + 1, matching)));
    }
    const valuesText = await files.read('values.yaml');
    const templates = once(() => files.templates());
    const found = new Map<string, Promise<boolean>>();
    const node = {
      yaml,
      values: valuesText === undefined ? undefined : { text: valuesText, source: sourceOf(display, valuesText) },
      subcharts,
      place: display.as === 'files' ? { file: `${display.folder}/Chart.yaml` } : display.place,
      placeInChartYaml: (line: number) => lineOfChartYaml(display, line),
      templates,
      hasInTemplates: (wanted: string) => {
        const has = found.get(wanted) ?? templates().then((texts) => texts.some((one) => one.includes(wanted)));
        found.set(wanted, has);
        return has;
      },
      read: (path: string) => files.read(path),
    };
    const keys = declared.length === 0 ? [yaml.name] : declared.map(({ alias, name }) => alias ?? name);
    return keys.map((key) => ({ key, ...node }));
  }
}

async function nameOf(files: ChartFiles): Promise<string | undefined> {
  const text = await files.read('Chart.yaml');
  return text === undefined ? undefined : readChartYaml(text)?.name;
}

/** Tools cannot show lines in an archive, but the line of the dependency. */
function displayUnder(
  display: DisplayMode,
  name: string,
  file: string,
  dependency: LocatedDependency | undefined,
): DisplayMode {
  if (display.as === 'place') return { ...display, folderInside: `${display.folderInside}charts/${name}/` };
  const folder = `${display.folder}/charts/${name}`;
  if (!isPackagedSubchart(name)) return { as: 'files', folder };
  const place =
    dependency === undefined ? { file: folder } : { file: `${display.folder}/${file}`, line: dependency.line };
  return { as: 'place', place, archive: name, folderInside: '' };
}

function lineOfChartYaml(display: DisplayMode, line: number): ChartYamlLocation {
  if (display.as === 'files') return { place: { file: `${display.folder}/Chart.yaml`, line } };
  const { place, archive, folderInside } = display;
  return { place, packed: { archive, inside: `${folderInside}Chart.yaml:${line}` } };
}

function sourceOf(display: DisplayMode, text: string): ValuesSource {
  return display.as === 'files'
    ? { kind: 'file', file: `${display.folder}/values.yaml`, text }
    : {
        kind: 'packed',
        place: display.place,
        archive: display.archive,
        inside: `${display.folderInside}values.yaml`,
        text,
      };
}
