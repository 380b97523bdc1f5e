import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeFileAtomically } from '../../../src/core/files/write-file.ts';
import { discover } from '../../../src/discovery/discover.ts';
import type { ImageUse } from '../../../src/discovery/image-use.ts';
import { locateFinding, locateUse, type ReadTree } from '../../../src/discovery/templates/source-location.ts';
import type { Rendering } from '../../../src/helm/cli/rendering.ts';
import { readChartTree } from '../../../src/values/tree/chart-tree.ts';
import { chartFiles, type Files, packedChart, writeFiles } from '../../support/charts.ts';
import { testFolder } from '../../support/folder.ts';
import { document, rendered } from '../rendered.ts';

const source = 'kind: Pod\nspec:\n  containers:\n    - image: {{ .Values.image }}\n';
const pod = 'kind: Pod\nspec:\n  containers:\n    - image: r.example/a:1\n';

function firstUse(renderings: readonly Rendering[]): ImageUse {
  const use = discover(renderings).images[0]?.uses[0];
  if (use === undefined) throw new Error('nothing was discovered');
  return use;
}

/** A chart on the disk with these files, rendered to this text. */
async function shop(
  text: string,
  files: Files = {},
): Promise<{ renderings: readonly Rendering[]; readTree: ReadTree }> {
  const workFolder = await testFolder();
  const path = await writeFiles(join(workFolder, 'charts/shop'), { ...chartFiles('shop'), ...files });
  const rendering = rendered(text);
  const renderings = [{ ...rendering, chart: { ...rendering.chart, path } }];
  const temporary = await testFolder();
  return { renderings, readTree: (one) => readChartTree(one, { workFolder, temporary }) };
}

describe('the place of a use', () => {
  it('is the file and line of the template in a chart folder', async () => {
    const { renderings, readTree } = await shop(document(pod), { 'templates/a.yaml': source });
    expect(await locateUse(firstUse(renderings), renderings, readTree)).toEqual({
      location: { file: 'charts/shop/templates/a.yaml', line: 4 },
    });
  });

  it('is the file inside a subchart that is a folder', async () => {
    const { renderings, readTree } = await shop(document(pod, 'shop/charts/sub/templates/b.yaml'), {
      'charts/sub/Chart.yaml': 'name: sub\nversion: 1.0.0\n',
      'charts/sub/templates/b.yaml': source,
    });
    expect(await locateUse(firstUse(renderings), renderings, readTree)).toEqual({
      location: { file: 'charts/shop/charts/sub/templates/b.yaml', line: 4 },
    });
  });

  it('is the Chart.yaml for a template that the chart no longer has', async () => {
    for (const template of ['shop/charts/sub/templates/b.yaml', 'shop/templates/gone.yaml', 'shop/../x.yaml', 'shop']) {
      const { renderings, readTree } = await shop(document(pod, template));
      expect(await locateUse(firstUse(renderings), renderings, readTree)).toEqual({
        location: { file: 'charts/shop/Chart.yaml' },
      });
    }
  });

  it('is the archive of a packaged chart, with the position in it', async () => {
    const workFolder = await testFolder();
    const path = join(workFolder, 'shop-1.0.0.tgz');
    const packed = await packedChart('shop', chartFiles('shop', { 'templates/a.yaml': source }));
    await writeFileAtomically(path, packed);
    const rendering = rendered(document(pod), { kind: 'archive', displayPath: 'shop-1.0.0.tgz' });
    const renderings = [{ ...rendering, chart: { ...rendering.chart, path } }];
    const readTree: ReadTree = (one) => readChartTree(one, { workFolder, temporary: workFolder });
    expect(await locateUse(firstUse(renderings), renderings, readTree)).toEqual({
      location: { file: 'shop-1.0.0.tgz' },
      packed: { archive: 'shop-1.0.0.tgz', inside: 'templates/a.yaml:4' },
    });
  });

  it('is also known for a finding', async () => {
    const text = document(pod.replace('r.example/a:1', 'auto'));
    const { renderings, readTree } = await shop(text, { 'templates/a.yaml': source });
    const finding = discover(renderings).findings[0];
    if (finding === undefined) throw new Error('there is no finding');
    expect(await locateFinding(finding, renderings, readTree)).toEqual({
      location: { file: 'charts/shop/templates/a.yaml', line: 4 },
    });
  });
});
