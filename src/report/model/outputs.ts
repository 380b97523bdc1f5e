import type { Report } from './report.ts';
import { type Row, type RowOutcome, type RowStatus, rowsOf } from './rows.ts';
import { totalsOf } from './totals.ts';

/** The outputs of the contract, by their kebab-case names. */
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

/** An element of the outputs `images` and `unresolved`. Where the list is too long for the host, only `image` is left. */
export interface ImageOutput {
  readonly image: string;
  readonly status: RowStatus;
  readonly source: string | null;
  readonly digest: string | null;
  readonly target: string | null;
  readonly outcome: RowOutcome;
}

/**
 * Characters that one output may have.
 * - github: an output is a string of at most 1 MB, measured as UTF-16 (docs.github.com, "Passing information between jobs").
 * - azure: output variables become environment variables of all later steps, and one of more than 32,767 characters on
 *   Windows, or 128 KiB on Linux, keeps every program from starting (a character takes at most three bytes there).
 */
export const outputCharacters = { github: 500_000, azure: 30_000, terminal: Number.POSITIVE_INFINITY } as const;

export interface OutputOptions {
  /** Path of `images.json`; undefined where none is written. */
  readonly report: string | undefined;
  readonly characters: number;
}

/** The outputs, each JSON on one line or a number, and a sentence for each that had to be cut. */
export function outputsOf(
  report: Report,
  { report: path, characters }: OutputOptions,
): { readonly outputs: Outputs; readonly notices: readonly string[] } {
  const rows = rowsOf(report);
  const totals = totalsOf(rows);
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
      'lock-file': report.lockFile ?? '',
    },
    notices: [images.notice, unresolved.notice].filter((notice) => notice !== undefined),
  };
}

interface FittedList {
  readonly json: string;
  readonly notice: string | undefined;
}

/** Everything; else only the references; else as many references as there is room for, and the notice says so. */
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
