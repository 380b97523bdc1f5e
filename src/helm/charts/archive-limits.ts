import { ChartImagesError } from '../../core/errors.ts';

/** Published charts are below 1 MiB packaged; Helm's own limit for an unpacked chart is 100 MiB. */
export const maximumArchiveBytes = 100 * 1024 * 1024;
/** Helm's `MaxDecompressedChartSize` (since 3.17.3). Older releases have no limit. */
export const maximumUnpackedBytes = 100 * 1024 * 1024;
/** Helm's `MaxDecompressedFileSize` (since 3.17.3). */
export const maximumFileBytes = 5 * 1024 * 1024;
/** The largest known charts have about 1,500 files, including subcharts. */
export const maximumEntries = 20_000;
/** Text compresses 10 to 50 times. Only decompression bombs approach gzip's maximum of about 1,030. */
export const maximumRatio = 200;
/** Small archives of repetitive text can exceed the ratio, and are too small to be a bomb. */
const ratioExemptBytes = 4 * 1024 * 1024;

/** Counts what one packaged chart uses, including the archives inside it. */
export class ArchiveLimits {
  readonly #name: string;
  #packed = 0;
  #unpacked = 0;
  #entries = 0;

  /** @param name the archive in messages */
  constructor(name: string) {
    this.#name = name;
  }

  readPacked(bytes: number): void {
    this.#packed += bytes;
  }

  /** Counts the whole tar including headers, because a bomb can consist of headers only. Throws `archive-too-large`. */
  readUnpacked(bytes: number): void {
    this.#unpacked += bytes;
    if (this.#unpacked > maximumUnpackedBytes)
      throw this.#tooLarge(`it unpacks to more than ${maximumUnpackedBytes} bytes`);
    if (this.#unpacked > ratioExemptBytes && this.#unpacked > this.#packed * maximumRatio) {
      throw this.#tooLarge(`it unpacks to more than ${maximumRatio} times its size`);
    }
  }

  /** `size` is from the entry's header; `readUnpacked` counts the real bytes. Throws `archive-too-large`. */
  readEntry(path: string, size: number): void {
    this.#entries += 1;
    if (this.#entries > maximumEntries) throw this.#tooLarge(`it has more than ${maximumEntries} files`);
    if (size > maximumFileBytes) throw this.#tooLarge(`the file ${path} has ${size} bytes`);
  }

  #tooLarge(reason: string): ChartImagesError {
    return new ChartImagesError('archive-too-large', `Cannot unpack ${this.#name}: ${reason}.`, {
      advice: 'Inspect the archive before you trust it, and package the chart again with `helm package`.',
      location: { file: this.#name },
    });
  }
}
