import type { SourceLocation } from '../../core/errors.ts';
import { once } from '../../core/once.ts';
import { satisfiesConstraint } from '../../helm/charts/version-constraint.ts';
import type { Rendering } from '../../helm/cli/rendering.ts';
import {
  type ChartDisplay,
  type ChartFileLocation,
  displayOfChart,
  displayOfSubchart,
  locateChartFile,
} from './chart-display.ts';
import { type ChartFiles, filesOfArchive, filesOfFolder } from './chart-files.ts';
import {
  type ChartYamlLines,
  type ImportedValues,
  type LocatedDependency,
  readChartYaml,
  readDependencies,
} from './chart-yaml-lines.ts';
import type { ValuesSource } from './scalar-value.ts';

/** A chart of the rendered tree. A chart with two aliases occurs twice. */
export interface ChartNode {
  /** Key in the values of the parent, and name in template paths. */
  readonly key: string;
  readonly yaml: ChartYamlLines;
  /** values.yaml of the chart. */
  readonly values: { readonly text: string; readonly source: ValuesSource } | undefined;
  readonly subcharts: readonly ChartNode[];
  /** Values that the parent gets too. */
  readonly imports: readonly ImportedValues[];
  /** Location of the whole chart in user files: its Chart.yaml, its archive, or the dependency that references it. */
  readonly location: SourceLocation;
  /** Location of a file by its path from the root of the chart. */
  locate(path: string, line?: number): Promise<ChartFileLocation>;
  /** Template texts, read on first use. */
  templates(): Promise<readonly string[]>;
  /** Whether a template contains this text. Cached. */
  hasInTemplates(text: string): Promise<boolean>;
  /** Whether a template of this chart or of its subcharts contains this text. */
  isWritten(text: string): Promise<boolean>;
  /** Path from the root of the chart. Undefined if absent. */
  read(path: string): Promise<string | undefined>;
}

/** Maximum depth. The deepest known charts have four levels, and helm has no limit. */
const maximumDepth = 10;
/** Maximum of traced subcharts. The largest known charts have sixty. */
const maximumSubcharts = 500;

export interface ChartTreeFolders {
  /** Absolute. File names are relative to it. */
  readonly workFolder: string;
  /** Absolute. */
  readonly temporary: string;
}

/** Undefined if the chart is no longer readable. Throws the errors of archives. */
export async function readChartTree(rendering: Rendering, folders: ChartTreeFolders): Promise<ChartNode | undefined> {
  const { chart, dependencyCopyPath: builtPath } = rendering;
  const { temporary, workFolder } = folders;
  const folder = builtPath ?? (chart.kind === 'folder' ? chart.path : undefined);
  const boundary = chart.home?.boundary;
  const files =
    folder === undefined ? await filesOfArchive(chart.path, temporary) : filesOfFolder(folder, temporary, boundary);
  return await new TreeReader(workFolder).read({ files, display: displayOfChart(rendering), depth: 0 });
}

interface ChartToRead {
  readonly files: ChartFiles;
  readonly display: ChartDisplay;
  readonly depth: number;
  /** Undefined for the root, and for a subchart that its parent does not list. */
  readonly dependency?: LocatedDependency | undefined;
}

class TreeReader {
  readonly #workFolder: string;
  #charts = 0;

  constructor(workFolder: string) {
    this.#workFolder = workFolder;
  }

  async read({ files, display, depth, dependency }: ChartToRead): Promise<ChartNode | undefined> {
    const yaml = await readYaml(files);
    this.#charts += 1;
    if (yaml === undefined || depth > maximumDepth || this.#charts > maximumSubcharts) return undefined;
    const locate = (path: string, line?: number) => locateChartFile(display, path, line, this.#workFolder);
    const valuesText = await files.read('values.yaml');
    const templates = once(() => files.templates());
    const found = new Map<string, Promise<boolean>>();
    const subcharts = await this.#subcharts({ files, display, depth }, yaml);
    const hasInTemplates = (wanted: string): Promise<boolean> => {
      const has = found.get(wanted) ?? templates().then((texts) => texts.some((one) => one.includes(wanted)));
      found.set(wanted, has);
      return has;
    };
    return {
      key: dependency?.alias ?? dependency?.name ?? yaml.name,
      yaml,
      values:
        valuesText === undefined
          ? undefined
          : { text: valuesText, source: sourceOf(await locate('values.yaml'), valuesText) },
      subcharts,
      imports: dependency?.imports ?? [],
      location: (await locate('Chart.yaml')).location,
      locate,
      templates,
      hasInTemplates,
      isWritten: async (wanted: string) => {
        for (const one of subcharts) if (await one.isWritten(wanted)) return true;
        return await hasInTemplates(wanted);
      },
      read: (path: string) => files.read(path),
    };
  }

  /** One node for each entry in the `dependencies` of the parent, or one for a subchart that is not listed. */
  async #subcharts({ files, display, depth }: ChartToRead, yaml: ChartYamlLines): Promise<readonly ChartNode[]> {
    const requirements = await files.read('requirements.yaml');
    const dependencies = requirements === undefined ? yaml.dependencies : readDependencies(requirements);
    const dependencyFile = requirements === undefined ? 'Chart.yaml' : 'requirements.yaml';
    const nodes: ChartNode[] = [];
    for (const name of await files.subcharts()) {
      if (/^[._]/.test(name)) continue;
      const opened = await files.openSubchart(name);
      const own = await readYaml(opened);
      if (own === undefined) continue;
      const matching = dependenciesOn(own, dependencies);
      for (const dependency of matching.length > 0 ? matching : [undefined]) {
        const subchart = { name, yaml: own, dependency, dependencyFile };
        const shown = await displayOfSubchart(display, subchart, this.#workFolder);
        const node = await this.read({ files: opened, display: shown, depth: depth + 1, dependency });
        if (node !== undefined) nodes.push(node);
      }
    }
    return nodes;
  }
}

/** Without a version that satisfies one of them, those of the name, because Helm renders the chart in any case. */
function dependenciesOn(
  { name, version }: ChartYamlLines,
  dependencies: readonly LocatedDependency[],
): readonly LocatedDependency[] {
  const named = dependencies.filter((dependency) => dependency.name === name);
  const fitting = named.filter((each) => satisfiesConstraint(version?.text ?? '', each.version) !== false);
  return fitting.length > 0 ? fitting : named;
}

async function readYaml(files: ChartFiles): Promise<ChartYamlLines | undefined> {
  const text = await files.read('Chart.yaml');
  return text === undefined ? undefined : readChartYaml(text);
}

function sourceOf({ location, packed }: ChartFileLocation, text: string): ValuesSource {
  return packed === undefined
    ? { kind: 'file', file: location.file, text }
    : { kind: 'packed', location, ...packed, text };
}
