import type { Log } from '../core/log.ts';
import type { ProgressSource } from '../core/progress.ts';
import type { ServiceEndpoints } from '../registry/credentials/service-connection.ts';
import type { Annotation } from '../report/model/annotations.ts';
import type { ExitCode } from '../report/model/exit-code.ts';
import type { Mask } from '../report/model/mask.ts';
import type { TableOptions } from '../report/terminal/terminal-table.ts';

/**
 * GitHub Actions, Azure Pipelines or a terminal. All texts are plain: the host escapes them and neutralizes commands in
 * them. It masks secrets in log lines, group titles and annotations; everything else must be masked with `secretMask`.
 */
export interface Host {
  readonly name: 'github' | 'azure' | 'terminal';
  readonly log: Log;
  /** Logs how a credential was found, with `--explain-credentials` or in a runner's debug log. */
  explainCredentials(line: string): void;
  /** Inputs by kebab-case name, including unknown ones, without empty ones and without the defaults of runners. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Service connections of Azure Pipelines (`ENDPOINT_*`), including secrets; empty on other hosts. */
  readonly serviceEndpoints: ServiceEndpoints;
  readonly folders: {
    /** Relative paths start here. */
    readonly work: string;
    /** Created for this run and removed when the process ends. */
    readonly temporary: string;
    /** Kept after the run if the host has a tool cache. */
    readonly toolCache: string;
  };
  /** The path of a file, shown from the work folder, from the top level of its repository. */
  readonly repositoryPath: (file: string) => string;
  /** Report folder, created on first write, if the input `report` is not set; undefined if no files are written. */
  readonly reportFolder: string | undefined;
  /** `print` prints the whole report. */
  readonly printsReport?: boolean;
  /** Masks the secret, and each of its lines of at least four characters, as `***` from now on. */
  mask(secret: string): void;
  /** The same for a token of at least 16 characters that a server issued, only in prose: the server chose the text. */
  maskIssued(token: string): void;
  /** Masks texts that are formatted before the host gets them (files, Markdown). */
  readonly secretMask: Mask;
  group<T>(title: string, work: () => Promise<T>): Promise<T>;
  /** Runs the work and shows its progress in the way of the host. */
  withProgress<T>(read: ProgressSource, work: () => Promise<T>): Promise<T>;
  /** Must be called before `print`: a terminal omits annotations that its table contains. */
  annotate(annotation: Annotation): void;
  /** The value, and all following texts, must be masked already. */
  setOutput(name: string, value: string): void;
  /** Writes Markdown to the job summary; ignored in a terminal. */
  writeSummary(markdown: string): Promise<void>;
  /** Publishes a JUnit document with at least one case; ignored by hosts without test results. */
  publishTests(junit: string): Promise<void>;
  /** Options for the table of `print`. */
  readonly display: TableOptions;
  /** Prints the table or, with `--json`, the report. */
  print(output: { readonly table: string; readonly json: string }): void;
  /** Sets the result of the step and the exit code. `reason` is one sentence. */
  finish(exit: ExitCode, reason: string): void;
}
