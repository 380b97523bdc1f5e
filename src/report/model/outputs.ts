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
 * Maximum characters of an output. GitHub: 1 MB of UTF-16 (docs.github.com, "Passing information between jobs"). Azure:
 * outputs become environment variables, and above 32,767 characters on Windows, or 128 KiB on Linux, no program starts.
 */
export const outputCharacters = { github: 500_000, azure: 30_000, terminal: Number.POSITIVE_INFINITY } as const;

export interface OutputOptions {
  /** Path of `images.json`; undefined if it is not written. */
  readonly report: string | undefined;
  readonly characters: number;
}

/** The outputs, and a notice for each that was truncated. */
export function outputsOf(
  { rows, totals, lockFile }: ReportView,
  { report: path, characters }: OutputOptions,
): { readonly outputs: Outputs; readonly notices: readonly string[] } {
  const unfound = rows.filter((row) => row.status !== 'found');
  const images = fitList('images', rows, characters);
  const unresolved = fitList('unresolved', unfound, characters);
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
function fitList(name: string, rows: readonly Row[], characters: number): FittedList {
  const whole = JSON.stringify(rows.map(imageOutput));
  if (whole.length <= characters) return { json: whole, notice: undefined };
  let room = characters - '[]'.length;
  const shown: string[] = [];
  for (const { image } of rows) {
    const element = JSON.stringify({ image });
    room -= element.length + (shown.length > 0 ? ','.length : 0);
    if (room < 0) break;
    shown.push(element);
  }
  const what =
    shown.length === rows.length ? 'only the references' : `only ${shown.length} of ${rows.length} references`;
  return {
    json: `[${shown.join(',')}]`,
    notice: `The output "${name}" is too long for this host and contains ${what}. For all data, see images.json.`,
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
