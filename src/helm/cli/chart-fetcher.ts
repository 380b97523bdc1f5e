/**
 * How charts and their dependencies come over the network. Helm asks no host itself: it follows redirects to anywhere, and
 * a stranger's Chart.yaml names the hosts. All throw ChartImagesAggregateError: `denied` for a host that must not be asked,
 * `not-found` for what a server says it does not have, and those of requests.
 */
export interface ChartDownloads {
  /** The text of the index.yaml of a classic repository. */
  index(repository: URL): Promise<string>;
  /** Writes a packaged chart that an index names into a new file. */
  archive(url: URL, repository: URL, path: string): Promise<void>;
  /** The tags of a chart in a registry. */
  tags(chart: RegistryChart): Promise<readonly string[]>;
  /** Writes a packaged chart of a registry into a new file. */
  package(chart: RegistryChart, tag: string, path: string): Promise<void>;
}

/** `oci://host/repository`. */
export interface RegistryChart {
  readonly host: string;
  readonly repository: string;
}
