import { expect, it } from 'vitest';
import { peekKind, splitDocuments } from '../../../src/discovery/yaml/document.ts';

it('the stream of documents is split at lines that begin with three dashes, and keeps templates and lines', () => {
  const stream = '---\n# Source: c/templates/a.yaml\nkind: A\n---\n# Source: c/templates/b.yaml\nkind: B\n';
  expect(splitDocuments(stream)).toEqual([
    { template: 'c/templates/a.yaml', text: '# Source: c/templates/a.yaml\nkind: A\n', firstLine: 2 },
    { template: 'c/templates/b.yaml', text: '# Source: c/templates/b.yaml\nkind: B\n', firstLine: 5 },
  ]);
});

it('a document may begin on the line of its dashes, as helm does', () => {
  expect(splitDocuments('---apiVersion: v1\nkind: A\n--- \nkind: B')).toEqual([
    { template: '', text: 'apiVersion: v1\nkind: A\n', firstLine: 1 },
    { template: '', text: 'kind: B', firstLine: 4 },
  ]);
});

it('a document without its own source line is of the template before it', () => {
  const stream = '---\n# Source: c/templates/a.yaml\na: 1\n---\nb: 1\n';
  expect(splitDocuments(stream).map((document) => document.template)).toEqual([
    'c/templates/a.yaml',
    'c/templates/a.yaml',
  ]);
});

it('a source line further down in a document is a comment of the chart', () => {
  const stream = '---\n# Source: c/templates/a.yaml\n# Source: other/templates/z.yaml\na: 1\n';
  expect(splitDocuments(stream)[0]?.template).toBe('c/templates/a.yaml');
});

it('the stream of documents is not split at longer rules, indented dashes or dashes inside a line', () => {
  expect(splitDocuments('a: |\n  ---\n----\nb: --- x\n')).toHaveLength(1);
});

it('documents of blank lines only are left out', () => {
  expect(splitDocuments('---\n\n---\n \n---\na: 1\r\n')).toHaveLength(1);
});

it('top-level kind and group are read without parsing, with or without quotes', () => {
  expect(peekKind('kind: CustomResourceDefinition\n')).toEqual({ group: '', kind: 'CustomResourceDefinition' });
  expect(peekKind('apiVersion: "apps/v1"\nkind:  \'Deployment\' # x\r\n')).toEqual({
    group: 'apps',
    kind: 'Deployment',
  });
  expect(peekKind('spec:\n  kind: CustomResourceDefinition\nkind: ConfigMap').kind).toBe('ConfigMap');
  expect(peekKind('{kind: Pod}')).toEqual({ group: '', kind: '' });
});
