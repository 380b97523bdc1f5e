import { expect, test } from 'vitest';
import { createImageGraph } from '../../../src/report/model/image-graph.ts';
import type { Report } from '../../../src/report/model/report.ts';
import { absent, contoso, image, report, unknown, viewOf } from './sample.ts';

const graphOf = (of: Report) => createImageGraph(viewOf(of).rows);

test('every image has a way from its chart to its source, and each chart and registry is one node', () => {
  const { nodes, links } = graphOf(contoso());
  expect(nodes.map(({ kind }) => kind).sort()).toEqual([
    'chart',
    ...Array(4).fill('image'),
    ...Array(2).fill('registry'),
  ]);
  expect(links.filter(({ kind }) => kind === 'path')).toHaveLength(8);
});

test('the copies from one source to the target are one link with their number', () => {
  const { links } = graphOf(contoso());
  expect(links.filter(({ kind }) => kind === 'copies')).toEqual([
    { kind: 'copies', from: 'registry from source.example', to: 'registry to target.example', label: '4 copied' },
  ]);
});

test('an image that is absent and one that could not be checked end at different nodes', () => {
  const { nodes, links } = graphOf(report({ resolutions: [absent(image('a/x:1')), unknown(image('a/y:1'))] }));
  expect(nodes.filter(({ kind }) => kind === 'missing').map(({ label }) => label)).toEqual([
    'not found',
    'could not be checked',
  ]);
  expect(links.filter(({ kind }) => kind === 'gap').map(({ from, to }) => [from, to])).toEqual([
    ['image a/x:1', 'missing not found'],
    ['image a/y:1', 'missing could not be checked'],
  ]);
});
