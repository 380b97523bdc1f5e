import { expect, test } from 'vitest';
import { formatBytes } from '../../src/core/format-bytes.ts';

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [999_949, '999.9 kB'],
  [999_950, '1.0 MB'],
  [12_300_000, '12.3 MB'],
  [5_000_000_000, '5.0 GB'],
  [7_200_000_000_000_000, '7200.0 TB'],
])('%d bytes are shown as %s', (bytes, shown) => {
  expect(formatBytes(bytes)).toBe(shown);
});
