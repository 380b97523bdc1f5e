import { ChartImagesError, type SourceLocation } from '../../core/errors.ts';

/** Replaces secrets by `***`. */
export interface Mask {
  /** For prose: messages, advice, reasons. Nothing is decided by it, so every secret is masked. */
  readonly text: (text: string) => string;
  /** For names by which a reader acts (references, paths): only secrets that are not an ordinary word. */
  readonly name: (text: string) => string;
}

/** Without its cause, which no format shows. */
export function maskError({ code, message, advice, place }: ChartImagesError, mask: Mask): ChartImagesError {
  const details = { advice: mask.text(advice), place: place && maskPlace(place, mask) };
  return new ChartImagesError(code, mask.text(message), details);
}

export function maskPlace(place: SourceLocation, mask: Mask): SourceLocation {
  return { ...place, file: mask.name(place.file) };
}
