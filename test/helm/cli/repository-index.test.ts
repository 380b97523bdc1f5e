import { describe, expect, it } from 'vitest';
import { chartsInIndex } from '../../../src/helm/cli/repository-index.ts';
import { faultOf } from '../../support/faults.ts';

/** As `helm repo index` writes it. */
const index = `apiVersion: v1
entries:
  alpine:
  - apiVersion: v2
    description: |
      web:
      - version: 6.6.6
        urls: [http://evil]
    name: alpine
    urls:
    - alpine-0.1.0.tgz
    version: 0.1.0
  web:
  - apiVersion: v2
    name: web
    urls:
    - https://charts.example/web-1.1.0.tgz
    - https://other.example/web-1.1.0.tgz
    version: 1.1.0

  - apiVersion: v2
    name: web
    version: 1.0
    urls: [web-1.0.0.tgz]
  - name: web
    version: 0.9.0
    urls: []
  web-2:
  - version: 2.0.0
    urls: [web-2.tgz]
generated: "2024-01-01T00:00:00Z"
`;

describe('the index of a repository', () => {
  it('gives the versions of one chart with the address that helm takes', async () => {
    expect(await chartsInIndex(index, 'web')).toEqual([
      { version: '1.1.0', url: 'https://charts.example/web-1.1.0.tgz' },
      { version: '1', url: 'web-1.0.0.tgz' },
    ]);
    expect(await chartsInIndex(index.replaceAll('\n', '\r\n'), 'web-2')).toEqual([
      { version: '2.0.0', url: 'web-2.tgz' },
    ]);
    expect(await chartsInIndex(index, 'alpine')).toEqual([{ version: '0.1.0', url: 'alpine-0.1.0.tgz' }]);
    for (const name of ['we', 'entries', 'toString', '', 'generated'])
      expect(await chartsInIndex(index, name)).toEqual([]);
  });

  it('is read in other styles, and as JSON', async () => {
    const flow = 'apiVersion: v1\nentries: { "web": [{ version: 1.0.0, urls: ["a.tgz"] }] }\n';
    const quoted = 'entries:\n    "web":\n        - { version: 1.0.0, urls: [a.tgz] }\n';
    const json = '{"entries":{"web":[{"version":"1.0.0","urls":["a.tgz"]}]}}';
    for (const text of [flow, quoted, json]) {
      expect(await chartsInIndex(text, 'web')).toEqual([{ version: '1.0.0', url: 'a.tgz' }]);
    }
    for (const text of ['', 'entries:\n', 'entries: null\n', '{"entries":null}']) {
      expect(await chartsInIndex(text, 'web').catch(() => [])).toEqual([]);
    }
  });

  it.each([
    ['not an index', '<html>pwned</html>'],
    ['broken JSON', '{"entries": pwned'],
    ['nested without end', `entries:\n  web: ${'['.repeat(5000)}`],
    [
      'a bomb of aliases',
      `entries:\n  web:\n  - &a [x, x, x, x, x, x, x, x]\n${Array.from(
        { length: 12 },
        (_, at) =>
          `  - &${'b'.repeat(at + 1)} [${Array(9)
            .fill(`*${at === 0 ? 'a' : 'b'.repeat(at)}`)
            .join(', ')}]`,
      ).join('\n')}\n`,
    ],
  ])('that is %s is an error without its words', async (_, text) => {
    const fault = await faultOf(chartsInIndex(text, 'web'));
    expect(fault).toMatchObject({ code: 'chart-pull' });
    expect(fault.message).not.toContain('pwned');
  });

  it('of many megabytes is searched and not parsed', async () => {
    const many = Array.from(
      { length: 100_000 },
      (_, at) => `  chart-${at}:\n  - version: 1.0.0\n    urls:\n    - ${'x'.repeat(100)}.tgz\n`,
    );
    const large = `apiVersion: v1\nentries:\n${many.join('')}  web:\n  - version: 1.0.0\n    urls: [a.tgz]\n`;
    expect(large.length).toBeGreaterThan(10_000_000);
    expect(await chartsInIndex(large, 'web')).toEqual([{ version: '1.0.0', url: 'a.tgz' }]);
    expect(await chartsInIndex(large, 'none')).toEqual([]);
  });
});
