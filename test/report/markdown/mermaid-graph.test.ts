import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { escapeMermaid } from '../../../src/report/markdown/escape-markdown.ts';
import { summaryFormats, toMarkdown } from '../../../src/report/markdown/markdown.ts';
import type { Report } from '../../../src/report/model/report.ts';
import { hostile } from '../model/hostile.ts';
import {
  absent,
  chart,
  contoso,
  contosoWithout,
  found,
  image,
  large,
  report,
  unknown,
  use,
  viewOf,
} from '../model/sample.ts';

/** Lines of the picture without the indent, with labels as a reader sees them. */
function picture(of: Report): readonly string[] {
  const [, block = ''] = /```mermaid\n(.*?)```\n/s.exec(toMarkdown(viewOf(of))) ?? [];
  const lines = block.split('\n').map((line) => line.trim());
  return lines.filter((line) => line !== '' && !line.startsWith('classDef')).map(readCodes);
}

function readCodes(text: string): string {
  return text.replace(/#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));
}

describe('The picture in the summary', () => {
  test('shows the way of each image from its chart to its source and the target', () => {
    const one = report({ ...contoso(), discovery: { images: contoso().discovery.images.slice(0, 2), findings: [] } });
    expect(picture(one)).toEqual([
      'flowchart LR',
      'n0(["contoso"]):::neutral',
      'n1["repository/release/contoso-a:1.0.0"]:::good',
      'n2[("source.example")]:::neutral',
      'n3[("target.example")]:::neutral',
      'n4["repository/release/contoso-b:1.0.0"]:::good',
      'n0 --> n1',
      'n1 --> n2',
      'n0 --> n4',
      'n4 --> n2',
      'n2 ==>|"2 copied"| n3',
    ]);
  });

  test('shows where the way of an image ends that was not found', () => {
    const lines = picture(report({ resolutions: [absent(image('web:1')), unknown(image('web:2'))] }));
    expect(lines.slice(1)).toEqual([
      'n0(["contoso"]):::neutral',
      'n1["web:1"]:::bad',
      'n2{{"not found"}}:::neutral',
      'n3["web:2"]:::open',
      'n4{{"could not be checked"}}:::neutral',
      'n0 --> n1',
      'n1 -.-> n2',
      'n0 --> n3',
      'n3 -.-> n4',
    ]);
  });

  test('names the entry of image-sources and counts what became of its images', () => {
    const source = { kind: 'registry', text: 'r.example/test', registry: 'r.example', namespace: 'test' } as const;
    const whole = contosoWithout();
    const resolutions = whole.resolutions.map((one) =>
      one.status === 'found' ? { ...one, candidate: { ...one.candidate, source } } : one,
    );
    const lines = picture({ ...whole, resolutions });
    expect(lines).toContain('n2[("r.example/test")]:::neutral');
    expect(lines.at(-1)).toBe('n2 ==>|"3 to copy"| n3');
  });

  test('draws an image that two charts share once', () => {
    const shared = image('shared:1', [
      use('shared:1'),
      use('shared:1', { kind: 'Job' }),
      use('shared:1', { chart: 'second' }),
    ]);
    const charts = ['contoso', 'second'].map((name) => ({ chart: chart(name), helmVersion: '4.3.1' }));
    expect(picture(report({ charts, resolutions: [found(shared)] }))).toEqual([
      'flowchart LR',
      'n0(["contoso"]):::neutral',
      'n1(["second"]):::neutral',
      'n2["shared:1"]:::good',
      'n3[("source.example")]:::neutral',
      'n0 --> n2',
      'n1 --> n2',
      'n2 --> n3',
    ]);
  });

  test('is left out where it would not stay small', () => {
    expect(picture(large(12))).not.toEqual([]);
    expect(picture(large(13))).toEqual([]);
    const everywhere = Array.from({ length: 40 }, (_, at) => use('web:1', { chart: `chart-${at}` }));
    expect(picture(report({ resolutions: [found(image('web:1', everywhere))] }))).toEqual([]);
    expect(picture(report())).toEqual([]);
  });

  test('is left out where the host would show its text', () => {
    expect(toMarkdown(viewOf(contoso()), summaryFormats.azure)).not.toContain('mermaid');
  });

  test('holds nothing of a hostile text but letters, digits, blanks and character codes', () => {
    const grammar =
      /^ {2}(?:n\d+(?:\(\["L"\]\)|\["L"\]|\[\("L"\)\]|\{\{"L"\}\}):::\w+|n\d+ (?:-->|-\.->|==>\|"L"\|) n\d+|classDef \w+ [\w#:,-]+)$/;
    fc.assert(
      fc.property(hostile, hostile, hostile, (name, text, entry) => {
        const of = { ...image('web:1', [use('web:1', { chart: name, chartPath: text })]), image: text };
        const source = { kind: 'registry', text: entry, registry: entry, namespace: '' } as const;
        const resolution = found(of);
        const page = toMarkdown(
          viewOf(report({ resolutions: [{ ...resolution, candidate: { ...resolution.candidate, source } }] })),
        );
        const [, block = ''] = /\n```mermaid\nflowchart LR\n(.*?)```\n/s.exec(page) ?? [];
        const lines = block.split('\n').filter((line) => line !== '');
        expect(lines).toHaveLength(3 + 2 + 4);
        for (const line of lines) expect(line.replace(/"(?:[a-zA-Z0-9 ]|#\d+;)*"/, '"L"')).toMatch(grammar);
      }),
    );
  });

  test('shows a text as it is, however odd', () => {
    const odd = '"]; click a "javascript:x" <b>#quot; %% `x` fa:fa-car 🙂';
    expect(readCodes(escapeMermaid(odd))).toBe(odd);
  });
});
