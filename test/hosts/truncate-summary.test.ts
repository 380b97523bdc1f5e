import { describe, expect, test } from 'vitest';
import { truncateSummary } from '../../src/hosts/truncate-summary.ts';

describe('a summary', () => {
  test('that fits is left alone', () => {
    expect(truncateSummary('| ü |\n', 7)).toBe('| ü |\n');
  });

  test('that is too long for the page ends after a whole line and says so', () => {
    const summary = truncateSummary('| überlang |\n'.repeat(1_000), 500);
    expect(Buffer.byteLength(summary)).toBeLessThanOrEqual(500);
    expect(summary).toMatch(/^(\| überlang \|\n)+\n\n> \*\*The summary is truncated\*\*/);
    expect(summary).toContain('images.json');
  });

  test('never shows half a line, not even when there is only one', () => {
    expect(truncateSummary('x'.repeat(1_000), 500)).not.toContain('xx');
  });

  test('finds no room on a page that is full', () => {
    expect(truncateSummary('more', 3)).toBe('');
    expect(truncateSummary('more', -1)).toBe('');
  });
});
