import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { summaryFormats, toMarkdown } from '../../../src/report/markdown/markdown.ts';
import type { Report } from '../../../src/report/model/report.ts';
import { hostile } from '../model/hostile.ts';
import { cellsByCmark, cellsByMarkdownIt, readInline } from '../model/markdown-reader.ts';
import {
  absent,
  chart,
  contoso,
  contosoWithout,
  fault,
  finding,
  found,
  image,
  large,
  report,
  use,
  viewOf,
} from '../model/sample.ts';

function tableLines(markdown: string): readonly string[] {
  return markdown.split('\n').filter((line) => line.startsWith('|'));
}

/** Without the head and the dashes below it. */
function rows(markdown: string): readonly string[] {
  return tableLines(markdown).filter((line) => !line.startsWith('| Status') && !line.startsWith('| ---'));
}

describe('The summary of a run', () => {
  test('says in its first line how it went', () => {
    expect(toMarkdown(viewOf(contoso())).split('\n')[0]).toBe('### ✅ 4 of 4 images found, 4 copied (12.3 MB)');
    expect(toMarkdown(viewOf(contosoWithout())).split('\n')[0]).toBe(
      '### ❌ 1 of 4 images was not found in any source; nothing was copied',
    );
  });

  test('shows each image with source, target, short digest and who uses it', () => {
    expect(tableLines(toMarkdown(viewOf(contoso()))).slice(0, 3)).toEqual([
      '| Status | Image | Source | Target | Digest | Used by |',
      '| --- | --- | --- | --- | --- | --- |',
      '| ✅ copied | `repository/release/contoso-a:1.0.0` | `source.example/release/contoso-a:1.0.0` | `target.example/release/contoso-a:1.0.0` | `sha256:4e6be4a72dcc` | Deployment/contoso-a |',
    ]);
  });

  test('a missing image is shown before the table, with its uses, lookups and advice', () => {
    const [above = ''] = toMarkdown(viewOf(contosoWithout())).split('####');
    expect(above).toBe(`### ❌ 1 of 4 images was not found in any source; nothing was copied

- ❌ **absent**: No source has \`repository/release/contoso-c:1.0.0\`.
  - At \`charts/contoso/templates/c.yaml\`
  - Checked \`source.example/release/contoso-c:1.0.0\` (the registry has no such manifest), \`second.example/release/contoso-c:1.0.0\` (the registry has no such manifest)
  - Used by \`Deployment/contoso-c\` in \`contoso/templates/c.yaml\`
  - **What to do:** Push it.

`);
  });

  test('does not say again what the message has said', () => {
    const base = contosoWithout();
    const message =
      'No source has x, used in contoso/templates/c.yaml; looked at source.example/release/contoso-c:1.0.0 (no), second.example/release/contoso-c:1.0.0 (no).';
    const markdown = toMarkdown(viewOf({ ...base, findings: base.findings.map((known) => ({ ...known, message })) }));
    expect(markdown).not.toContain('Looked at');
    expect(markdown).not.toContain('Used by `');
  });

  test('shows why the run ended early, with file, line and advice', () => {
    const ended = report({ errors: [fault('network')] });
    expect(toMarkdown(viewOf(ended))).toContain('The run ended before its images were discovered.');
    const errors = [fault('syntax', 'The comma is missing.', { file: 'cnf-input.jsonc', line: 7 })];
    expect(toMarkdown(viewOf(report({ charts: [], errors })))).toBe(`### ❌ The input is invalid (1 error)

- ❌ **syntax**: The comma is missing.
  - At \`cnf-input.jsonc:7\`
  - **What to do:** Fix it.
`);
  });

  test('leaves out the columns that a list without registries could not fill', () => {
    const listed = report({ resolutions: [{ status: 'unresolved', image: image('web:1'), lookups: [] }] });
    expect(tableLines(toMarkdown(viewOf(listed)))).toEqual([
      '| Status | Image | Used by |',
      '| --- | --- | --- |',
      '| ➖ not checked | `web:1` | Deployment/web |',
    ]);
  });

  test('says in the place of the source why there is none', () => {
    const markdown = toMarkdown(viewOf(report({ resolutions: [absent(image('web:1'), 'no such tag')] })));
    expect(rows(markdown)).toEqual(['| ❌ absent | `web:1` | no such tag |  | Deployment/web |']);
  });

  test('says how sure it is when the field is not a Kubernetes one', () => {
    const of = image('web:1', [use('web:1', { confidence: 'likely' })]);
    expect(toMarkdown(viewOf(report({ resolutions: [found(of)] })))).toContain('| `web:1` (likely) |');
  });

  test('has one table for each chart and names the other charts that use an image', () => {
    const shared = image('shared:1', [use('shared:1'), use('shared:1', { chart: 'second', name: 'job' })]);
    const markdown = toMarkdown(
      viewOf(
        report({
          charts: ['contoso', 'second', 'third'].map((name) => ({ chart: chart(name), helmVersion: '4.3.1' })),
          resolutions: [found(shared)],
        }),
      ),
    );
    expect(markdown.split('\n').filter((line) => line.startsWith('####'))).toEqual([
      '#### contoso 1.0.0 (`charts/contoso`, helm 4.3.1)',
      '#### second 1.0.0 (`charts/second`, helm 4.3.1)',
      '#### third 1.0.0 (`charts/third`, helm 4.3.1)',
    ]);
    expect(markdown).toContain('| Deployment/web, second: Deployment/job |');
    expect(markdown).toContain('All its images are listed with the charts above.');
    expect(markdown).toContain('It contains no images.');
  });

  test('folds its tables when there are more than 30 rows', () => {
    expect(toMarkdown(viewOf(large(30)))).not.toContain('<details>');
    expect(toMarkdown(viewOf(large(31)))).toContain('<details><summary>31 images</summary>\n\n| Status |');
  });

  test('folds many warnings, and never an error', () => {
    const warnings = Array.from({ length: 11 }, () => finding('no-tag', { severity: 'warning' }));
    const markdown = toMarkdown(viewOf(report({ findings: [finding('conflict'), ...warnings] })));
    expect(markdown.indexOf('**conflict**')).toBeLessThan(markdown.indexOf('<details><summary>11 remarks</summary>'));
    expect(markdown.match(/\*\*no-tag\*\*/g)).toHaveLength(11);
  });

  test('keeps apart, and folded, what the base has already', () => {
    const known = finding('no-tag', { severity: 'warning', age: 'known' });
    const markdown = toMarkdown(viewOf(report({ findings: [known, { ...known, age: 'new' }] })));
    expect(markdown.split('<details><summary>1 problem that the base also has</summary>')[0]).toContain('**no-tag**');
    expect(markdown.match(/\*\*no-tag\*\*/g)).toHaveLength(2);
  });

  test('points at the line of the values that says which version an image is', () => {
    const values = [
      {
        parts: ['repository'],
        path: 'web.repository',
        at: { in: 'file', file: 'charts/contoso/values.yaml', line: 11 },
      },
      { parts: ['tag'], path: 'web.tag', at: { in: 'file', file: 'charts/contoso/values.yaml', line: 12 } },
    ] as const;
    const origins = [{ image: 'web:1', chartPath: 'charts/contoso', values }];
    const markdown = toMarkdown(
      viewOf(report({ resolutions: [found(image('web:1')), found(image('web:2'))], origins })),
    );
    const [titles, , ...cells] = tableLines(markdown);
    expect(titles).toBe('| Status | Image | Source | Digest | Set at | Used by |');
    expect(cells.map((row) => cellsByCmark(row)[4]?.trim())).toEqual(['`charts/contoso/values.yaml:12`', '']);
  });

  test('names the file in an archive, and the value that the input set gives', () => {
    const packed = { in: 'archive', file: 'charts/contoso-1.0.0.tgz', inside: 'values.yaml:7' } as const;
    const tag = { parts: ['tag'], path: 'web.tag' } as const;
    const origins = [packed, { in: 'set' } as const].map((at, index) => ({
      image: `web:${index + 1}`,
      chartPath: 'charts/contoso',
      values: [{ ...tag, at }],
    }));
    const markdown = toMarkdown(
      viewOf(report({ resolutions: [found(image('web:1')), found(image('web:2'))], origins })),
    );
    const [, , ...cells] = tableLines(markdown);
    expect(cells.map((row) => cellsByCmark(row)[4]?.trim())).toEqual([
      '`charts/contoso-1.0.0.tgz (values.yaml:7)`',
      '`input set: web.tag`',
    ]);
  });

  test('has the paths for registryValuesPaths ready to paste', () => {
    const registryValues = [{ chartPath: 'charts/contoso', paths: ['global.registry', 'a["x`y"]'] }];
    expect(toMarkdown(viewOf(report({ registryValues })))).toContain(
      '`charts/contoso`\n\n```json\n"registryValuesPaths": ["global.registry","a[\\"x`y\\"]"]\n```\n',
    );
  });

  test('the summary counts the problems beyond the first 100', () => {
    const markdown = toMarkdown(viewOf(report({ findings: Array.from({ length: 120 }, () => finding('unreadable')) })));
    expect(markdown.match(/\*\*unreadable\*\*/g)).toHaveLength(100);
    expect(markdown).toContain('- and 20 more in `images.json`');
  });
});

describe('A summary that would be too long', () => {
  test('is cut between rows, closes what it opened and points at the full report', () => {
    const whole = large(300);
    const wholeRows = new Set(rows(toMarkdown(viewOf(whole))));
    fc.assert(
      fc.property(fc.integer({ min: 300, max: 60_000 }), (limit) => {
        const markdown = toMarkdown(viewOf(whole), { bytes: limit, diagrams: 'mermaid' });
        const shown = rows(markdown);
        expect(Buffer.byteLength(markdown)).toBeLessThanOrEqual(limit);
        expect(shown.every((row) => wholeRows.has(row))).toBe(true);
        expect(markdown.match(/<details>/g) ?? []).toHaveLength((markdown.match(/<\/details>/g) ?? []).length);
        expect(markdown).toMatch(/\*\*\d+ more lines omitted\.\*\* For the full report, see `images\.json`\.\n$/);
      }),
      { numRuns: 30 },
    );
  });

  test('stays below what GitHub shows for 20,000 images', () => {
    expect(Buffer.byteLength(toMarkdown(viewOf(large(20_000))))).toBeLessThan(1024 * 1024);
  });
});

describe('A hostile chart', () => {
  const hostileReport = fc
    .record({ name: hostile, kind: hostile, text: hostile, file: hostile, reason: hostile, image: hostile })
    .map(({ name, kind, text, file, reason, image: written }): Report => {
      const place = { name, kind, chart: name, chartPath: file, template: `${name}/${text}` };
      const of = { ...image('web:1', [use(written, place)]), image: written };
      const other = { ...image('web:2', [use(`${written}2`, { ...place, chart: 'contoso' })]), image: `${written}2` };
      return report({
        charts: [{ chart: { ...chart(name, file) }, helmVersion: text }],
        resolutions: [absent(of, reason), found(other)],
        findings: [finding('absent', { image: written, message: text, advice: reason, file })],
        errors: [fault('chart-render', text, { file })],
      });
    });

  test('adds no row, no column, no HTML and no markup to the summary', () => {
    fc.assert(
      fc.property(hostileReport, (hostileOne) => {
        const markdown = toMarkdown(viewOf(hostileOne), summaryFormats.azure);
        const table = tableLines(markdown);
        expect(table).toHaveLength(4);
        for (const line of table) {
          expect(cellsByCmark(line)).toHaveLength(5);
          expect(cellsByMarkdownIt(line)).toHaveLength(5);
        }
        for (const line of markdown.split('\n')) {
          expect(line).toMatch(/^$|^### ❌ |^- ❌ \*\*(chart-render|absent)\*\*: |^ {2}- [A-Z*]|^#### |^\| /);
          const own = line
            .replace(/^ *(#+|-) /, '')
            .replace(/^\|/, '')
            .replaceAll(/ \|/g, '')
            .replace(/\*\*[\w :-]+\*\*/, '');
          expect(readInline(own).open).not.toMatch(/[`<>&|\\*_[\]~$@#]/);
        }
      }),
    );
  });
});
