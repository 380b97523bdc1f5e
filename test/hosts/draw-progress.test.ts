import { describe, expect, test } from 'vitest';
import type { Progress } from '../../src/core/progress.ts';
import { percentOf, progressLines, progressSummary } from '../../src/hosts/draw-progress.ts';
import type { Rate } from '../../src/hosts/transfer-rate.ts';

const size = { columns: 100, rows: 24 };
const tooEarly: Rate = { all: undefined, of: () => undefined };
const steady: Rate = { all: 10_000_000, of: () => 2_000_000 };

function copying(given: Partial<Progress> = {}): Progress {
  return {
    label: 'images copied',
    done: 3,
    total: 12,
    bytes: { done: 100_000_000, total: 400_000_000 },
    underway: [
      { name: 'docker.io/library/nginx:1.25', done: 12_000_000, total: 70_000_000 },
      { name: 'quay.io/a/b:2', done: 500_000, total: undefined },
    ],
    ...given,
  };
}

describe('a drawing of what is under way', () => {
  test('has a line with bytes, rate and time left for each image, and one for all', () => {
    expect(progressLines(copying(), steady, size)).toEqual([
      '  docker.io/library/nginx:1.25  12.0 MB of 70.0 MB, 2.0 MB/s, about 29 s left',
      '  quay.io/a/b:2                 500.0 kB, 2.0 MB/s',
      '3 of 12 images copied, 100.0 MB of at most 400.0 MB, 10.0 MB/s, about 30 s left',
    ]);
  });

  test('progress shows no rate and no remaining time before they are known', () => {
    expect(progressLines(copying({ underway: [] }), tooEarly, size)).toEqual([
      '3 of 12 images copied, 100.0 MB of at most 400.0 MB',
    ]);
  });

  test('counts what has no room on the screen', () => {
    const underway = Array.from({ length: 40 }, (_, number) => ({ name: `image-${number}`, done: 0, total: 5 }));
    const lines = progressLines(copying({ underway }), tooEarly, { columns: 100, rows: 8 });
    expect(lines).toHaveLength(7);
    expect(lines.slice(-2)).toEqual(['  and 35 more', '3 of 12 images copied, 100.0 MB of at most 400.0 MB']);
    expect(progressLines(copying({ underway }), tooEarly, { columns: 100, rows: 300 })).toHaveLength(14);
    expect(progressLines(copying({ underway }), tooEarly, { columns: 100, rows: 2 })).toHaveLength(1);
  });

  test.each([10, 40, 60])('is never wider than a terminal of %d columns, and keeps the end of a name', (columns) => {
    const name = `registry.example/${'very/'.repeat(20)}long:1.2.3`;
    const lines = progressLines(copying({ underway: [{ name, done: 1, total: 2 }] }), tooEarly, { columns, rows: 24 });
    for (const line of lines) expect([...line].length).toBeLessThan(columns);
    if (columns >= 40) expect(lines[0]).toMatch(/^ {2}….*long:1\.2\.3 {2}1 B of 2 B$/);
  });

  test('of work without bytes is a count', () => {
    const progress: Progress = { label: 'charts rendered', done: 12, total: 60, underway: [] };
    expect(progressLines(progress, steady, size)).toEqual(['12 of 60 charts rendered']);
  });
});

test.each([
  [29_000_000, '1.0 MB/s, about 29 s left'],
  [600_000_000, '1.0 MB/s, about 10 min left'],
  [36_000_000_000, '1.0 MB/s, about 10 h left'],
])('what is left of %d bytes is told as %s', (total, text) => {
  const progress = copying({ bytes: { done: 0, total } });
  expect(progressSummary(progress, 1_000_000)).toContain(text);
});

test('the percentage counts bytes, or images if the number of bytes is unknown', () => {
  expect(percentOf(copying())).toBe(25);
  expect(percentOf(copying({ bytes: { done: 7, total: undefined } }))).toBe(25);
  expect(percentOf(copying({ bytes: { done: 500, total: 400 } }))).toBe(100);
  expect(percentOf(copying({ done: 0, total: 0, bytes: undefined }))).toBe(0);
});
