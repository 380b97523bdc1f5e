import type { Log } from '../core/log.ts';
import type { ProgressSource } from '../core/progress.ts';
import type { ServiceEndpoints } from '../registry/credentials/service-connection.ts';
import type { Annotation } from '../report/model/annotations.ts';
import type { ExitCode } from '../report/model/exit-code.ts';
import type { Mask } from '../report/model/mask.ts';
import type { TableOptions } from '../report/terminal/terminal-table.ts';

/**
 * What the program needs of where it runs: GitHub Actions, Azure Pipelines or a terminal. Everything a host is given is
 * plain text; the host escapes it for its own commands and breaks up anything that looks like a command. Secrets are masked by the
 * host in log lines, titles of groups and annotations, and before it (`secretMask`) in whatever is made of a report.
 */
export interface Host {
  readonly name: 'github' | 'azure' | 'terminal';
  readonly log: Log;
  /** Takes a line of how credentials were found; shown to who wants to know (`--explain-credentials`, a runner's debug log). */
  explainCredentials(line: string): void;
  /** The inputs as the user gave them, by their kebab-case names, unknown ones too; empty ones, and on runners defaults, are left out. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Service connections that Azure Pipelines hands to the task (`ENDPOINT_*`), secrets among them; empty on other hosts. */
  readonly serviceEndpoints: ServiceEndpoints;
  readonly folders: {
    /** The folder of the run: relative paths start here. */
    readonly work: string;
    /** Made for this run and removed when the process ends. */
    readonly temporary: string;
    /** Tool cache that outlives the run where the host keeps one. */
    readonly toolCache: string;
  };
  /** Folder (created on first write) for the report's files when the input `report` is not given; undefined: none. */
  readonly reportFolder: string | undefined;
  /** From now on the user's secret and each of its lines, those of four characters or more, are shown as `***`. */
  mask(secret: string): void;
  /** The same for a token that a server issued to this run, from 16 characters on, in prose only: it chose the text. */
  maskIssued(token: string): void;
  /** For what is made of a text before the host gets it (files, Markdown). */
  readonly secretMask: Mask;
  group<T>(title: string, work: () => Promise<T>): Promise<T>;
  /** Does the work and shows how far it has come, in the host's own way and at its own rate, to those who watch. */
  withProgress<T>(read: ProgressSource, work: () => Promise<T>): Promise<T>;
  /** To be called before `print`, whose table shows the same: where a table is printed a terminal keeps these back. */
  annotate(annotation: Annotation): void;
  /** The value is masked already, as all that follows. */
  setOutput(name: string, value: string): void;
  /** Markdown for the job summary; a terminal ignores it. */
  writeSummary(markdown: string): Promise<void>;
  /** A JUnit document with at least one case, for the host's own list of tests; a host without one ignores it. */
  publishTests(junit: string): Promise<void>;
  /** How `print` can show the table. */
  readonly display: TableOptions;
  /** The table or, with `--json`, the report: what a terminal prints on standard output. */
  print(face: { readonly table: string; readonly json: string }): void;
  /** Ends the run: the host's way of failing, and the process's exit code. `reason` is one sentence. */
  finish(exit: ExitCode, reason: string): void;
}
