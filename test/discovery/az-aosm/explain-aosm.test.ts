import { describe, expect, test } from 'vitest';
import { explainAosm } from '../../../src/discovery/az-aosm/explain-aosm.ts';
import { discover } from '../../../src/discovery/discover.ts';
import { document, rendered } from '../rendered.ts';

function explained(...bodies: readonly string[]) {
  const renderings = [rendered(bodies.map((body) => document(body)).join(''))];
  const [parity] = explainAosm(renderings, discover(renderings));
  if (parity === undefined) throw new Error('there is one chart');
  return {
    right: parity.right,
    cases: parity.cases.map(({ difference: fault, image, readAs, line }) => [fault, image, readAs, line]),
    reasons: parity.cases.map(({ reason }) => reason),
  };
}

const pod = (...lines: readonly string[]) =>
  `kind: Pod\nspec:\n  containers:\n${lines.map((l) => `    ${l}\n`).join('')}`;

describe("what az aosm's rule makes of a chart", () => {
  test('is right when an image is alone after image:, with a slash and a tag', () => {
    expect(explained(pod('- image: ghcr.io/contoso/web:1.0', '- image: "repository/release/contoso-a:1.0.0"'))).toEqual(
      {
        right: 2,
        cases: [],
        reasons: [],
      },
    );
  });

  test('is right for a placeholder in capitals and for an empty registry, which az publishes', () => {
    const images = pod('- image: OVERWRITE_ME/release/app:1.0', '- image: "/contosoapp:1.14.2"');
    expect(explained(images)).toEqual({ right: 2, cases: [], reasons: [] });
  });

  test.each([
    ['- image: nginx:1.25', 'nginx:1.25', 'no slash'],
    ['- image: contoso/web', 'contoso/web', 'no tag'],
    ['- "image": "contoso/web:1"', 'contoso/web:1', 'quoted'],
    ['- {image: "r/b:1"}\n    - {"image": "r/a:1"}', 'r/a:1', 'quoted'],
    ['- image: >-\n        contoso/web:1', 'contoso/web:1', 'line after its key'],
  ])('loses %s', (line, image, reason) => {
    const { cases, reasons } = explained(pod(line));
    expect(cases.map(([fault, lost]) => [fault, lost])).toEqual([['lost', image]]);
    expect(reasons[0]).toContain(reason);
  });

  test('loses what is in the folder crds, of which az aosm renders nothing', () => {
    const crd = document('kind: Pod\nspec:\n  containers:\n    - image: r/a:1\n', 'shop/charts/db/crds/pod.yaml');
    const renderings = [rendered(crd + document(pod('- image: r/b:1')))];
    const [parity] = explainAosm(renderings, discover(renderings));
    expect(parity).toMatchObject({ right: 1, cases: [{ difference: 'lost', image: 'r/a:1', line: 6 }] });
    expect(parity?.cases[0]?.reason).toBe('It is in the folder crds, which az aosm does not render.');
  });

  test('loses all but the first image of a line', () => {
    const { right, cases, reasons } = explained('kind: Pod\nspec: {containers: [{image: r/a:1}, {image: r/b:1}]}\n');
    expect(right).toBe(1);
    expect(cases).toEqual([['lost', 'r/b:1', undefined, 4]]);
    expect(reasons).toEqual(['The rule reads only the first image of a line.']);
  });

  test('loses images in arguments, variables and split fields', () => {
    const { cases, reasons } = explained(
      pod('- image: r/a:1', '  args: ["--proxy-image=r.example/proxy:1.0"]'),
      'apiVersion: ops.example/v1\nkind: Fleet\nspec:\n  image:\n    repository: r.example/x\n    tag: "2"\n',
    );
    expect(cases.map(([fault, image]) => [fault, image])).toEqual([
      ['lost', 'r.example/proxy:1.0'],
      ['lost', 'r.example/x:2'],
    ]);
    expect(reasons[0]).toContain('spec.containers[0].args[0]');
    expect(reasons[1]).toContain('several fields');
  });

  test('misreads single quotes, digests and what follows on the line', () => {
    const digest = `sha256:${'0a'.repeat(32)}`;
    const { right, cases, reasons } = explained(
      pod("- image: 'contoso/a:1'", `- image: contoso/b@${digest}`, '- {image: contoso/c:1, name: c}'),
    );
    expect(right).toBe(0);
    expect(cases).toEqual([
      ['misread', 'contoso/a:1', "a:1'", 6],
      ['misread', `contoso/b@${digest}`, `b@${digest}`, 7],
      ['misread', 'contoso/c:1', 'c:1,', 8],
    ]);
    expect(reasons).toEqual([
      'It is in single quotes, and the rule reads the closing quote as part of the tag.',
      'The rule reads its digest as name and tag.',
      'The rule reads the text after it as part of the tag.',
    ]);
  });

  test('invents images from comments and texts', () => {
    const { cases, reasons } = explained(
      pod('- image: contoso/a:1', '# image: contoso/old:1'),
      'kind: ConfigMap\ndata:\n  note: "the image: see docs/images:all"\n',
    );
    expect(cases).toEqual([
      ['invented', 'old:1', 'old:1', 7],
      ['invented', 'images:all', 'images:all', 12],
    ]);
    expect(reasons).toEqual(['The line is a comment.', 'The line contains "image:", but no image.']);
  });

  test('is reported for each chart, and once for several value sets', () => {
    const text = document(pod("- image: 'contoso/a:1'", '# image: x/y:z'));
    const [shared, other] = [rendered(text), rendered(text, { displayPath: 'charts/other' })];
    const renderings = [shared, { ...shared, valueSet: 'large' }, other];
    const parities = explainAosm(renderings, discover(renderings));
    expect(parities.map(({ chartPath, cases }) => [chartPath, ...cases.map(({ image }) => image)])).toEqual([
      ['charts/shop', 'contoso/a:1', 'y:z'],
      ['charts/other', 'contoso/a:1', 'y:z'],
    ]);
  });
});
