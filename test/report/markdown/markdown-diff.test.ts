import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { reportJson } from '../../../src/report/json/json.ts';
import { toMarkdown } from '../../../src/report/markdown/markdown.ts';
import type { ImageDiff } from '../../../src/resolve/diff/image-diff.ts';
import { hostile } from '../model/hostile.ts';
import { cellsByCmark, cellsByMarkdownIt, readInline } from '../model/markdown-reader.ts';
import { delta, finding, found, image, report, viewOf } from '../model/sample.ts';

function partOf(compared: ImageDiff): string {
  const page = toMarkdown(
    viewOf(report({ resolutions: [found(image('web:1'))], findings: [finding('conflict')], delta: compared })),
  );
  return page.slice(page.indexOf('#### Compared'), page.indexOf('#### contoso'));
}

describe('What a change does, in the summary', () => {
  test('is one table of what moved, came and went, with what a mirror has to copy', () => {
    expect(partOf(delta())).toBe(`\
#### Compared with \`main\`: 1 image moved, 1 added, 1 removed; 3.2 MB to copy to a mirror

| Change | Before | After | To copy | Charts |
| --- | --- | --- | --- | --- |
| 🔁 moved | \`web:1.0\` | \`web:1.1\` | 123.5 kB | contoso, second |
| ➕ added |  | \`job:2\` | 3.1 MB | contoso |
| ➖ removed | \`old:1\` |  |  | contoso |

`);
  });

  test('comes after what is wrong and before the images', () => {
    const page = toMarkdown(
      viewOf(report({ resolutions: [found(image('web:1'))], findings: [finding('conflict')], delta: delta() })),
    );
    const places = ['### ❌', '**conflict**', '#### Compared', '#### contoso'].map((text) => page.indexOf(text));
    expect(places).toEqual(places.toSorted((left, right) => left - right));
    expect(Math.min(...places)).toBe(0);
  });

  test('the diff omits unknown sizes, and is omitted without a base', () => {
    const { added, moved, ...rest } = delta();
    const unsized = [...added, ...moved].map(({ charts }) => ({ image: 'job:2', charts, bytes: undefined }));
    expect(partOf({ ...rest, added: unsized, moved: [], bytes: undefined })).toContain(
      '#### Compared with `main`: 2 images added, 1 removed\n\n| Change | Before | After | Charts |',
    );
    expect(toMarkdown(viewOf(report()))).not.toContain('Compared');
  });

  test('the diff explains why the size to copy is unknown', () => {
    const unmeasured = 'more than 50 images changed, and measuring each costs a pull';
    expect(partOf({ ...delta(), bytes: undefined, unmeasured })).toContain(
      `1 image moved, 1 added, 1 removed; the size to copy was not measured: ${unmeasured}\n`,
    );
    const of = report({ delta: { ...delta(), bytes: undefined, unmeasured } });
    expect(reportJson(viewOf(of)).delta).toMatchObject({ bytes: null, unmeasured });
  });

  test('is one line when the change touches no image', () => {
    expect(partOf({ base: 'v1.2.0', added: [], removed: [], moved: [], bytes: 0 })).toBe(
      '#### Compared with `v1.2.0`: no image added, removed or moved\n\n',
    );
  });

  test('names the branch and the short commit that were compared', () => {
    const commit = '0123456789abcdef0123456789abcdef01234567';
    expect(partOf({ ...delta(), commit })).toContain('#### Compared with `main` at `0123456`: 1 image moved');
    const exact = { ...delta(), base: commit, commit };
    expect(partOf(exact)).toContain('#### Compared with `0123456`: 1 image moved');
    expect(reportJson(viewOf(report({ delta: { ...delta(), commit } }))).delta).toMatchObject({ base: 'main', commit });
  });

  test('says that it is not the exact base that was compared, and why', () => {
    const inexact = 'main as the checkout has it: could not read Username';
    expect(partOf({ ...delta(), inexact })).toContain(`\nNot the exact base: compared with ${inexact}.\n`);
  });

  test('is one line with the reason where there is no base, and says that everything counts as new', () => {
    const unbased = 'the run is not for a pull request, and base-ref is not set';
    expect(toMarkdown(viewOf(report({ unbased })))).toContain(
      `\nNot compared with a base, because ${unbased}. Every finding counts as new.\n`,
    );
  });

  test('is folded when the change touches more than 15 images', () => {
    const added = Array.from({ length: 16 }, (_, at) => ({ image: `web:${at}`, charts: ['web'], bytes: undefined }));
    expect(partOf({ ...delta(), added: added.slice(0, 13) })).not.toContain('<details>');
    expect(partOf({ ...delta(), added })).toContain('<details><summary>18 changes</summary>\n\n| Change |');
  });

  test('cannot be broken by the name of a branch, an image or a chart', () => {
    fc.assert(
      fc.property(hostile, hostile, (base, text) => {
        const part = partOf({ ...delta(), base, added: [{ image: text, charts: [text, text], bytes: 1 }], moved: [] });
        const [heading = '', ...lines] = part.split('\n').filter((line) => line !== '');
        expect(heading).toMatch(/^#### Compared with /);
        expect(readInline(heading.slice(5)).open).not.toMatch(/[`<>&|\\*_[\]~$@#]/);
        expect(lines).toHaveLength(4);
        for (const line of lines) {
          expect(cellsByCmark(line)).toHaveLength(5);
          expect(cellsByMarkdownIt(line)).toHaveLength(5);
        }
      }),
    );
  });
});
