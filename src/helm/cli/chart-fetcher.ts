/**
 * Downloads charts and dependencies instead of Helm, which follows any redirect to any host that a Chart.yaml
 * specifies.
 * Throws ChartImagesAggregateError: `denied` for a forbidden host, `not-found`, and the errors of requests.
 */
export interface ChartDownloads {
  /** The text of the index.yaml of a classic repository. */
  index(repository: URL): Promise<string>;
  /** Writes a packaged chart that an index names into a new file. */
  archive(url: URL, path: string): Promise<void>;
  /** The tags of a chart in a registry. */
  tags(chart: RegistryChart): Promise<readonly string[]>;
  /** Writes a packaged chart of a registry, by tag or digest, into a new file. */
  package(chart: RegistryChart, tagOrDigest: string, path: string): Promise<void>;
}

/** `oci://host/repository`. */
export interface RegistryChart {
  readonly host: string;
  readonly repository: string;
}
