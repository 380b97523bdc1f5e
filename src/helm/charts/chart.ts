import type { ChartImagesError, SourceLocation } from '../../core/errors.ts';
import type { Boundary } from '../../core/files/boundary.ts';

/** The values of one rendering. The usual one is named `default`. */
export interface ValueSet {
  readonly name: string;
  /** Absolute paths of values files. As in Helm, later files override earlier ones. */
  readonly valueFiles: readonly string[];
  /** `key=value`, as for `helm --set`. */
  readonly set: readonly string[];
  /** Of the first entries of `set`, those that a file has. */
  readonly setSources?: readonly SetSource[];
}

/** Where a file of the user has an entry of `set`. */
export interface SetSource {
  readonly location: SourceLocation;
  /** As written, if it is a number or boolean without quotes. */
  readonly unquoted?: string;
}

/** A chart as specified by the user. */
export interface ChartRequest {
  /**
   * Folder, `.tgz`, `.tar.gz`, `.tar`, a glob of those, `oci://host/path:version` or
   * `https://repo/charts#name@version`. With `!` in front, matches of other globs to leave out.
   */
  readonly location: string;
  /** Folders to search for a relative location, in order. */
  readonly baseFolders: readonly string[];
  readonly valueSets: readonly ValueSet[];
  /** Where the user specified it, for errors. */
  readonly declaredAt: SourceLocation | undefined;
  /** `override`: only takes the place of a chart that a glob of another request matches. */
  readonly role?: 'override';
  /** The file that sets its values. Undefined for a location that was typed as an input of the run. */
  readonly valuesIn?: 'configuration' | 'input-file';
  /** Why it cannot be rendered, such as a missing values file. */
  readonly errors?: readonly ChartImagesError[];
  /** The boundary of a location from a file; undefined for a location that was typed as an input of the run. */
  readonly within?: Boundary;
}

export interface ChartDependency {
  readonly name: string;
  readonly version: string;
  readonly repository: string;
  readonly alias: string | undefined;
  /** Whether a value or a tag can turn it off. */
  readonly optional?: true;
  /** Where the chart lists it; undefined if Helm printed the list. */
  readonly at?: DependencyLocation;
}

export interface DependencyLocation {
  readonly file: 'Chart.yaml' | 'requirements.yaml';
  /** From 1. */
  readonly line: number;
}

/** The fields of Chart.yaml that chart-images uses (helm.sh/docs/topics/charts, "The Chart.yaml File"). */
export interface ChartMetadata {
  readonly name: string;
  readonly version: string;
  readonly type: 'application' | 'library';
  readonly kubeVersion: string | undefined;
  readonly annotations: Readonly<Record<string, string>>;
  readonly dependencies: readonly ChartDependency[];
  /** Those of Chart.yaml that Helm does not see, because requirements.yaml lists others. */
  readonly overridden?: readonly ChartDependency[];
}

/** Where the user has the chart. */
export interface ChartHome {
  /** Absolute path of the folder or archive. `file://` addresses are relative to it. */
  readonly path: string;
  /** Links and `file://` addresses must stay inside it. */
  readonly boundary: Boundary;
}

/** A chart on this machine, with a valid Chart.yaml. */
export interface Chart {
  readonly metadata: ChartMetadata;
  /** As shown in reports: relative to the working directory if inside it, otherwise as specified; `/` as separator. */
  readonly displayPath: string;
  /** Absolute path for Helm: the chart's folder, a copy of it, or a `.tgz`. */
  readonly path: string;
  /** Undefined for a downloaded chart. */
  readonly home?: ChartHome;
  readonly kind: 'folder' | 'archive';
  /** Another chart of the run has its name, so displays have the path. */
  readonly isNamesake?: true;
  readonly valueSets: readonly ValueSet[];
  /** Where the user can set values for it, for advice. */
  readonly valuesIn?: 'configuration' | 'input-file' | 'input';
  /**
   * Returns the text of a file by its path from the root (`charts/sub/templates/b.yaml`). Undefined if it is missing.
   */
  readFile(path: string): Promise<string | undefined>;
}
