import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toSingleLine } from '../../../src/core/text.ts';
import { codeSpan, escapeMarkdown, escapeProse } from '../../../src/report/markdown/escape-markdown.ts';
import { hostile } from '../model/hostile.ts';
import { cellsByCmark, cellsByMarkdownIt, readInline } from '../model/markdown-reader.ts';

const writers = { escapeMarkdown, codeSpan, escapeProse };

describe.each(Object.entries(writers))('Whatever text comes out of a chart, %s', (_, write) => {
  test('never adds a column or a row to the table, on GitHub or on Azure DevOps', () => {
    fc.assert(
      fc.property(hostile, hostile, (left, right) => {
        const row = `| ${write(left)} | ${write(right)} |`;
        expect(row).not.toMatch(/[\n\r\u2028\u2029]/);
        expect(cellsByCmark(row)).toHaveLength(2);
        expect(cellsByMarkdownIt(row)).toHaveLength(2);
      }),
    );
  });

  test('leaves no character that is markup, HTML, a link or a mention', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const { open } = readInline(write(text));
        expect(open).not.toMatch(/[`<>&|\\*_[\]~$@#]|:\/\/|www\./i);
      }),
    );
  });

  test('shows the text as it is, but for what no reader can see', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(readInline(write(text)).visible).toBe(toSingleLine(text));
      }),
    );
  });
});

test('A code span is not left early by backticks', () => {
  expect(codeSpan('a`<b>`c')).toBe('a&#96;&#60;b&#62;&#96;c');
});

test('A reference is shown as code, ready to be copied', () => {
  expect(codeSpan('registry.example:5000/team/web:1.0')).toBe('`registry.example:5000/team/web:1.0`');
});

test('A mention is broken up and a digest is not', () => {
  expect(escapeMarkdown('@octocat')).toBe('&#64;\u2060octocat');
  expect(escapeMarkdown('web@sha256:12')).toBe('web&#64;sha256:12');
});

test('An issue number and a web address do not become links', () => {
  expect(escapeMarkdown('#12 at https://www.evil.example')).toBe('&#35;\u206012 at https&#58;//www&#46;evil.example');
});

test('References inside a sentence stand as code, and its commas and full stop stay outside', () => {
  expect(
    escapeProse('No source has release/web:1.0, used in "web/templates/a.yaml"; looked at r.example/web:1.0.'),
  ).toBe('No source has `release/web:1.0`, used in "`web/templates/a.yaml`"; looked at `r.example/web:1.0`.');
});

test('An empty text stays empty', () => {
  expect(codeSpan('')).toBe('');
  expect(escapeProse(' \n')).toBe('');
});
