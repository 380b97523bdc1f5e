const units = ['MB', 'GB', 'TB'] as const;

/** In decimal units, as registries bill them: `999 B`, `12.3 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  let amount = bytes / 1000;
  let unit = 'kB';
  for (const larger of units) {
    // A larger amount would be rounded to 1000.0.
    if (amount < 999.95) break;
    amount /= 1000;
    unit = larger;
  }
  return `${amount.toFixed(1)} ${unit}`;
}
