import type { ReportView } from './report-view.ts';
import type { Row, RowOutcome, RowStatus } from './row.ts';

/** The outputs, by kebab-case name. */
export type Outputs = Readonly<
  Record<
    | 'images'
    | 'unresolved'
    | 'image-count'
    | 'unresolved-count'
    | 'copied-count'
    | 'copied-bytes'
    | 'report'
    | 'lock-file',
    string
  >
>;

/** An element of the outputs `images` and `unresolved`. If the list is too long for the host, it has only `image`. */
export interface ImageOutput {
  readonly image: string;
  readonly status: RowStatus;
  readonly source: string | null;
  readonly digest: string | null;
  readonly target: string | null;
  readonly outcome: RowOutcome;
}

/**
 * Maximum UTF-8 bytes of a list. Later steps get it in an environment variable: with more than 128 KiB, name included,
 * no program starts on Linux, and with more than 32,767 characters none on Windows. Azure sets both names of an output.
 * The outputs of a job on GitHub have 1 MB of UTF-16 (docs.github.com, "Passing information between jobs").
 */
export const outputBytes = { linux: 120_000, windows: 30_000, unlimited: Number.POSITIVE_INFINITY } as const;

/** Azure: a later job may run on Windows. */
export function outputBytesOn(host: 'github' | 'azure' | 'terminal', platform: NodeJS.Platform): number {
  if (host === 'terminal') return outputBytes.unlimited;
  return host === 'azure' || platform === 'win32' ? outputBytes.windows : outputBytes.linux;
}

export interface OutputOptions {
  /** Path of `images.json`; undefined if it is not written. */
  readonly report: string | undefined;
  /** Of each list, in UTF-8. */
  readonly maximumBytes: number;
}

/** The outputs, and a notice for each that was truncated. */
export function outputsOf(
  { rows, totals, lockFile }: ReportView,
  { report: path, maximumBytes }: OutputOptions,
): { readonly outputs: Outputs; readonly notices: readonly string[] } {
  const unfound = rows.filter((row) => row.status !== 'found');
  const images = fitList('images', rows, maximumBytes, path);
  const unresolved = fitList('unresolved', unfound, maximumBytes, path);
  return {
    outputs: {
      images: images.json,
      unresolved: unresolved.json,
      'image-count': String(totals.images),
      'unresolved-count': String(unfound.length),
      'copied-count': String(totals.copied),
      'copied-bytes': String(totals.bytes),
      report: path ?? '',
      'lock-file': lockFile ?? '',
    },
    notices: [images.notice, unresolved.notice].filter((notice) => notice !== undefined),
  };
}

interface FittedList {
  readonly json: string;
  readonly notice: string | undefined;
}

/** The whole list, else only references, else as many references as fit, with a notice. */
function fitList(name: string, rows: readonly Row[], maximumBytes: number, path: string | undefined): FittedList {
  const whole = JSON.stringify(rows.map(imageOutput));
  if (Buffer.byteLength(whole) <= maximumBytes) return { json: whole, notice: undefined };
  let room = maximumBytes - '[]'.length;
  const shown: string[] = [];
  for (const { image } of rows) {
    const element = JSON.stringify({ image });
    room -= Buffer.byteLength(element) + (shown.length > 0 ? ','.length : 0);
    if (room < 0) break;
    shown.push(element);
  }
  const what =
    shown.length === rows.length ? 'only the references' : `only ${shown.length} of ${rows.length} references`;
  return {
    json: `[${shown.join(',')}]`,
    notice: `The output "${name}" is too long for this host and contains ${what}. For all data, read ${path ?? 'images.json'}.`,
  };
}

function imageOutput(row: Row): ImageOutput {
  return {
    image: row.image,
    status: row.status,
    source: row.source ?? null,
    digest: row.manifest?.digest ?? null,
    target: row.target ?? null,
    outcome: row.outcome,
  };
}
