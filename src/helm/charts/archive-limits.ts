import { ChartImagesError } from '../../core/errors.ts';

/** The largest packaged chart that is read. Published charts are below 1 MiB; helm's own bound for unpacked ones is 100 MiB. */
export const maximumArchiveBytes = 100 * 1024 * 1024;
/** Helm's `MaxDecompressedChartSize` (since 3.17.3): helm refuses what is larger, older releases would take it. */
export const maximumUnpackedBytes = 100 * 1024 * 1024;
/** Helm's `MaxDecompressedFileSize` (since 3.17.3). */
export const maximumFileBytes = 5 * 1024 * 1024;
/** The largest charts known have about 1,500 files, subcharts included. */
export const maximumEntries = 20_000;
/** Text packs to a tenth or a fiftieth; gzip's limit, which only bombs come near, is about 1,030. */
export const maximumRatio = 200;
/** Small archives of very repetitive text pass whatever their ratio: nothing of this size is a bomb. */
const ratioExemptBytes = 4 * 1024 * 1024;

/** What one packaged chart may still use, the archives inside it included. */
export class ArchiveLimits {
  readonly #name: string;
  #packed = 0;
  #unpacked = 0;
  #entries = 0;

  /** `name` is how messages name the archive. */
  constructor(name: string) {
    this.#name = name;
  }

  readPacked(bytes: number): void {
    this.#packed += bytes;
  }

  /** Errors: `archive-too-large`. Counts all of the tar, headers included: a bomb may consist of nothing but headers. */
  readUnpacked(bytes: number): void {
    this.#unpacked += bytes;
    if (this.#unpacked > maximumUnpackedBytes) throw this.#tooLarge(`more than ${maximumUnpackedBytes} bytes`);
    if (this.#unpacked > ratioExemptBytes && this.#unpacked > this.#packed * maximumRatio) {
      throw this.#tooLarge(`more than ${maximumRatio} times its size`);
    }
  }

  /** `size` as in the entry's header; the real bytes are counted by `readUnpacked`. Errors: `archive-too-large`. */
  readEntry(path: string, size: number): void {
    this.#entries += 1;
    if (this.#entries > maximumEntries) throw this.#tooLarge(`more than ${maximumEntries} files`);
    if (size > maximumFileBytes) throw this.#tooLarge(`a file of ${size} bytes (${path})`);
  }

  #tooLarge(what: string): ChartImagesError {
    return new ChartImagesError('archive-too-large', `${this.#name} unpacks to ${what}; no chart is that large.`, {
      advice: 'Look into the archive before trusting it; package the chart again with `helm package`.',
      place: { file: this.#name },
    });
  }
}
