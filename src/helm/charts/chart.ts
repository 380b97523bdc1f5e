import type { SourceLocation } from '../../core/errors.ts';
import type { Boundary } from '../../core/files/boundary.ts';

/** One set of values that a chart is rendered with. The usual one is called `default`. */
export interface ValueSet {
  readonly name: string;
  /** Absolute paths of value files, in helm's order: later ones win. */
  readonly valueFiles: readonly string[];
  /** `key=value` texts, as helm's `--set`. */
  readonly set: readonly string[];
}

/** A chart as the user named it. */
export interface ChartRequest {
  /** Folder, `.tgz`, `.tar.gz`, `.tar`, a glob of those, `oci://host/path:version` or `https://repo/charts#name@version`. */
  readonly location: string;
  /** Folders that a relative location is looked for in, in order. */
  readonly baseFolders: readonly string[];
  readonly valueSets: readonly ValueSet[];
  /** Where the user named it, for errors. */
  readonly place: SourceLocation | undefined;
  /** What a location that a file names must not leave; undefined: it was typed as an input of the run. */
  readonly within?: Boundary;
}

export interface ChartDependency {
  readonly name: string;
  readonly version: string;
  readonly repository: string;
  readonly alias: string | undefined;
}

/** Chart.yaml, as far as this product needs it (helm.sh/docs/topics/charts, "The Chart.yaml File"). */
export interface ChartMetadata {
  readonly name: string;
  readonly version: string;
  readonly type: 'application' | 'library';
  readonly kubeVersion: string | undefined;
  readonly annotations: Readonly<Record<string, string>>;
  readonly dependencies: readonly ChartDependency[];
}

/** The place of a chart among the user's files. */
export interface ChartHome {
  /** Absolute path by which the user reaches the folder or archive: `file://` addresses count from there. */
  readonly path: string;
  /** What its links and `file://` addresses must not leave. */
  readonly boundary: Boundary;
}

/** A chart that is on this machine and is a chart. */
export interface Chart {
  readonly metadata: ChartMetadata;
  /** How reports name it: relative to the working directory where it lies below it, else as the user wrote it; `/` as separator. */
  readonly displayPath: string;
  /** Absolute path that helm is given: the chart's folder or a copy of it, or a `.tgz`. */
  readonly path: string;
  /** Where the user has it; undefined for a chart that was fetched, which has nothing beside it to name. */
  readonly home?: ChartHome;
  readonly kind: 'folder' | 'archive';
  readonly valueSets: readonly ValueSet[];
  /** Text of files inside the chart by path from its root (`templates/a.yaml`, `charts/sub/templates/b.yaml`); undefined when absent. */
  readFile(path: string): Promise<string | undefined>;
}
