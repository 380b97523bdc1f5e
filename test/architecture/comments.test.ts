/** Comments fit the width that the formatter keeps for code, which it can't wrap itself. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../support/root.ts';

const width = 120;

/** Files of packages and charts that tests read as they are. */
const isFixture = (path: string): boolean => path.split('/').includes('fixtures');

/** Lines of comments, and comments after code. A `//` in a text is part of a URL, which has no blank before it. */
function longComments(text: string): readonly number[] {
  const isComment = (line: string): boolean => /^\s*(?:\/[/*]|\*(?:[ /]|$))/.test(line) || /[;{},)]\s+\/\/ /.test(line);
  return text.split('\n').flatMap((line, index) => (line.length > width && isComment(line) ? [index + 1] : []));
}

test(`comments of src/, test/ and scripts/ have at most ${width} characters a line`, async () => {
  const found: string[] = [];
  for (const folder of ['src', 'test', 'scripts']) {
    const names = await readdir(join(root, folder), { recursive: true, encoding: 'utf8' });
    for (const name of names.map((each) => each.replaceAll('\\', '/'))) {
      if (!name.endsWith('.ts') || isFixture(name)) continue;
      const text = await readFile(join(root, folder, name), 'utf8');
      for (const line of longComments(text)) found.push(`${folder}/${name}:${line}`);
    }
  }
  expect(found).toEqual([]);
});

test('the check of comment lines finds long lines of each kind of comment, and passes over long code', () => {
  const long = 'x'.repeat(width);
  const lines = [`// ${long}`, '/**', ` * ${long}`, ' */', `  /* ${long} */`, `done(); // ${long}`];
  expect(longComments(lines.join('\n'))).toEqual([1, 3, 5, 6]);
  expect(longComments(`const url = 'https://${long}';\nconst product = a * ${long};\n// short`)).toEqual([]);
});
