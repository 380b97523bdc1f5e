import { ChartImagesError, type SourceLocation } from '../../core/errors.ts';

/** Replaces secrets by `***`. */
export interface Mask {
  /** For messages, advice and reasons: masks every secret. */
  readonly text: (text: string) => string;
  /** For references and paths, which users need to act: masks only secrets that cannot be an ordinary word. */
  readonly name: (text: string) => string;
}

/** Drops the cause, which no format shows. */
export function maskError({ code, message, advice, location }: ChartImagesError, mask: Mask): ChartImagesError {
  const details = { advice: mask.text(advice), location: location && maskLocation(location, mask) };
  return new ChartImagesError(code, mask.text(message), details);
}

export function maskLocation(location: SourceLocation, mask: Mask): SourceLocation {
  return { ...location, file: mask.name(location.file) };
}
