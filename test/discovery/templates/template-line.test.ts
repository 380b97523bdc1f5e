import { describe, expect, it } from 'vitest';
import { templateLine } from '../../../src/discovery/templates/template-line.ts';

/** The template line behind the rendered line that contains `text`. */
function lineBehind(template: string, document: string, text: string): string | undefined {
  const line = document.split('\n').findIndex((one) => one.includes(text)) + 1;
  const found = templateLine(template, document, line);
  return found === undefined ? undefined : template.split('\n')[found - 1];
}

const template = `{{- if .Values.enabled }}
apiVersion: v1
kind: Pod
metadata:
  name: {{ include "shop.name" . }}
  labels:
    {{- include "shop.labels" . | nindent 4 }}
spec:
  containers:
    - name: web
      image: "{{ .Values.web.repository }}:{{ .Values.web.tag }}"
    - name: worker
      image: {{ .Values.worker }}
    {{- range .Values.sidecars }}
    - name: {{ .name }}
      image: {{ .image | quote }}
    {{- end }}
    {{- with .Values.extra }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end }}
`;

const document = `# Source: shop/templates/a.yaml
apiVersion: v1
kind: Pod
metadata:
  name: shop
  labels:
    app: shop
    chart: shop-1.0.0
spec:
  containers:
    - name: web
      image: "r.example/web:1"
    - name: worker
      image: r.example/worker:1
    - name: one
      image: "r.example/one:1"
    - name: two
      image: "r.example/two:1"
    - env: []
      imagePullPolicy: Always
      ports: [r.example/extra:1]
`;

describe('the line of a template behind a rendered line', () => {
  it('is the line with the same text around its actions', () => {
    expect(lineBehind(template, document, 'r.example/web:1')).toContain('.Values.web.repository');
    expect(lineBehind(template, document, 'r.example/worker:1')).toContain('.Values.worker');
  });

  it('is found for literal lines', () => {
    expect(lineBehind(template, document, '- name: worker')).toBe('    - name: worker');
  });

  it('is the same line for every turn of a range', () => {
    expect(lineBehind(template, document, 'r.example/one:1')).toContain('image: {{');
    expect(lineBehind(template, document, 'r.example/two:1')).toContain('image: {{');
  });

  it('is the line of the action that printed a whole block', () => {
    expect(lineBehind(template, document, 'r.example/extra:1')).toContain('toYaml');
    expect(lineBehind(template, document, 'chart: shop-1.0.0')).toContain('shop.labels');
  });

  it('is the include of a template that is nothing else', () => {
    expect(lineBehind('{{- include "lib.pod" . -}}\n', document, 'r.example/web:1')).toContain('lib.pod');
  });

  it('is the include below a license in a comment', () => {
    const licensed =
      '{{/*\nLicensed to the shop under one or more {\nagreements.\n*/}}\n{{ include "lib.pod"\n  (dict "image" "x") }}\n';
    expect(lineBehind(licensed, document, 'r.example/web:1')).toBe('{{ include "lib.pod"');
  });

  it('is the right one of two documents in one file', () => {
    const two = `kind: Pod\nmetadata: {name: a}\nimage: {{ .a }}\n---\nkind: Job\nmetadata: {name: b}\nimage: {{ .b }}\n`;
    expect(lineBehind(two, 'kind: Job\nmetadata: {name: b}\nimage: x:1\n', 'x:1')).toBe('image: {{ .b }}');
    expect(lineBehind(two, 'kind: Pod\nmetadata: {name: a}\nimage: x:1\n', 'x:1')).toBe('image: {{ .a }}');
  });

  it('is unknown when nothing of the template fits, or the line does not exist', () => {
    expect(templateLine('other: text\n', document, 3)).toBeUndefined();
    expect(templateLine(template, document, 999)).toBeUndefined();
  });

  it('skips comments and actions that span lines', () => {
    const long = '{{/*\nimage: not-this\n*/}}\nimage: {{ printf "%s:%s"\n  .a .b }}\n';
    expect(lineBehind(long, 'image: r:1\n', 'r:1')).toContain('printf');
  });
});
