import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { summarySvg } from '../../scripts/pictures/summary-svg.ts';
import { terminalSvg } from '../../scripts/pictures/terminal-svg.ts';
import { runProgram } from '../support/program.ts';
import { root } from '../support/root.ts';

const committed = ['docs/pictures/summary.svg', 'docs/pictures/terminal.svg'] as const;

test('the committed pictures show what the bundle prints (after a change: npm run pictures)', async () => {
  const before = await Promise.all(committed.map((path) => readFile(join(root, path), 'utf8')));
  const run = await runProgram(process.execPath, [join(root, 'scripts', 'pictures.ts'), '--check']);
  expect([run.output, run.code]).toEqual(['', 0]);
  expect(await Promise.all(committed.map((path) => readFile(join(root, path), 'utf8')))).toEqual(before);
});

describe.each(committed)('%s', (path) => {
  test('needs nothing from outside and no HTML, so that GitHub shows it as an image', async () => {
    const svg = await readFile(join(root, path), 'utf8');
    expect(svg).not.toMatch(/<(?:foreignObject|script|image|use|a)\b|href=|url\(|@import/);
    expect(svg.match(/https?:\/\/[^"]+/g)).toEqual(['http://www.w3.org/2000/svg']);
  });

  test('names no port or folder of the machine that drew it', async () => {
    expect(await readFile(join(root, path), 'utf8')).not.toMatch(/127\.0\.0\.1|localhost|\/tmp\/|\/home\/|\/work\//);
  });

  test('has no text that reaches over the edge', async () => {
    const svg = await readFile(join(root, path), 'utf8');
    const width = Number(/<svg [^>]*width="(\d+)"/.exec(svg)?.[1]);
    const ends = [...svg.matchAll(/<text x="([\d.]+)" y="[\d.]+" textLength="([\d.]+)"/g)].map(
      ([, x, length]) => Number(x) + Number(length),
    );
    expect(ends.length).toBeGreaterThan(20);
    expect(Math.max(...ends)).toBeLessThanOrEqual(width - 16);
  });
});

test('the picture of a summary shows the characters that Markdown has as references', () => {
  const svg = summarySvg('### ❌ 1 &#60;b&#62; &#64;\u2060team\n\n- **absent**: `a/b:1`\n');
  for (const shown of ['&lt;b&gt;', '@team', 'absent', 'a/b:1']) expect(svg).toContain(`>${shown}</text>`);
});

test('a summary with a line that the picture cannot show is an error, not a gap', () => {
  expect(() => summarySvg('### Title\n\n<details><summary>3 images</summary>\n')).toThrow('<details>');
});

test('a line that is longer than the terminal goes on in the next one', () => {
  const texts = [...terminalSvg('\u001b[31mabcdef\u001b[39mgh\n', 5).matchAll(/class="(\w*)"[^>]*>([^<]+)<\/text>/g)];
  expect(texts.map(([, style, text]) => [style, text])).toEqual([
    ['red', 'abcde'],
    ['red', 'f'],
    ['', 'gh'],
  ]);
});
