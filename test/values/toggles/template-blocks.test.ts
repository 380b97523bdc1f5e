import { describe, expect, test } from 'vitest';
import { blocksOf, conditionsAt } from '../../../src/values/toggles/template-blocks.ts';

/** The conditions at the line that says HERE, as `branch values`. */
function around(template: string): readonly string[] {
  const line = template.split('\n').findIndex((text) => text.includes('HERE')) + 1;
  return conditionsAt(blocksOf(template), line).map(({ branch, values }) => {
    return `${branch} ${values.map((path) => path.join('.')).join(' ')}`;
  });
}

describe('the conditions around a line', () => {
  test.each([
    ['{{ if .Values.a.b }}\nHERE\n{{ end }}', ['then a.b']],
    ['{{- if $.Values.a -}}\n{{- if not .Values.b -}}\nHERE\n{{- end -}}\n{{- end -}}', ['then a', 'then b']],
    ['{{ if .Values.a }}\nx\n{{ else }}\nHERE\n{{ end }}', ['else a']],
    ['{{ if .Values.a }}\nx\n{{ else if .Values.b }}\nHERE\n{{ end }}', ['else a', 'then b']],
    ['{{ if .Values.a }}\nx\n{{ end }}\nHERE', []],
    ['{{ with .Values.a }}\n{{ if .b.c }}\nHERE\n{{ end }}\n{{ end }}', ['then a', 'then a.b.c']],
    ['{{ range .Values.list }}\n{{ if .on }}\nHERE\n{{ end }}\n{{ end }}', ['then ']],
    ['{{ $m := .Values.metrics }}\n{{ if $m.enabled }}\nHERE\n{{ end }}', ['then metrics.enabled']],
    ['{{ if index .Values "a-b" "on" }}\nHERE\n{{ end }}', ['then a-b.on']],
    ['{{ if (index .Values "a-b").on }}\nHERE\n{{ end }}', ['then a-b.on']],
    ['{{ if eq .Values.a ".Values.no" }}\nHERE\n{{ end }}', ['then a']],
    ['{{ if $root.Values.a }}\nHERE\n{{ end }}', ['then a']],
    ['{{ if .Release.IsInstall }}\nHERE\n{{ end }}', ['then ']],
    ['{{/* {{ if .Values.a }} */}}\nHERE', []],
  ])('of %j', (template, expected) => {
    expect(around(template)).toEqual(expected);
  });

  test('are not those around a named template', () => {
    const template = '{{ if .Values.a }}\n{{ define "x" }}\nHERE\n{{ end }}\n{{ end }}';
    expect(around(template)).toEqual([]);
    expect(blocksOf(template).map(({ name }) => name)).toEqual(['x', undefined]);
  });
});

test.each(['{{ end }}{{ end }}', '{{ if', '{{ else }}', '{{ if }}{{ with }}', `${'{{ if .Values.a }}'.repeat(500)}`])(
  'a template that is none costs a hint and nothing else: %j',
  (template) => {
    expect(() => blocksOf(template)).not.toThrow();
  },
);

test('templates of blanks, braces or quotes without end are read in no time', () => {
  // In the square of the time, these would take minutes.
  for (const text of [
    `{{${'\t'.repeat(100_000)}`,
    '{{'.repeat(100_000),
    `{{ if eq "${'\\" '.repeat(30_000)} }}HERE{{ end }}`,
  ])
    expect(blocksOf(text).length).toBeLessThan(2);
});
