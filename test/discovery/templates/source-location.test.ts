import { describe, expect, it } from 'vitest';
import { discover } from '../../../src/discovery/discover.ts';
import type { ImageUse } from '../../../src/discovery/image-use.ts';
import { locateFinding, locateUse } from '../../../src/discovery/templates/source-location.ts';
import type { Rendering } from '../../../src/helm/cli/rendering.ts';
import { document, rendered } from '../rendered.ts';

const source = 'kind: Pod\nspec:\n  containers:\n    - image: {{ .Values.image }}\n';
const pod = 'kind: Pod\nspec:\n  containers:\n    - image: r.example/a:1\n';

function firstUse(renderings: readonly Rendering[]): ImageUse {
  const use = discover(renderings).images[0]?.uses[0];
  if (use === undefined) throw new Error('nothing was discovered');
  return use;
}

describe('the place of a use', () => {
  it('is the file and line of the template in a chart folder', async () => {
    const renderings = [rendered(document(pod), { files: { 'templates/a.yaml': source } })];
    expect(await locateUse(firstUse(renderings), renderings)).toEqual({
      file: 'charts/shop/templates/a.yaml',
      line: 4,
    });
  });

  it('is the file inside a subchart that is a folder', async () => {
    const text = document(pod, 'shop/charts/sub/templates/b.yaml');
    const renderings = [rendered(text, { files: { 'charts/sub/templates/b.yaml': source } })];
    expect(await locateUse(firstUse(renderings), renderings)).toEqual({
      file: 'charts/shop/charts/sub/templates/b.yaml',
      line: 4,
    });
  });

  it('is the Chart.yaml that asks for it, for a subchart that is packed inside the folder', async () => {
    const renderings = [rendered(document(pod, 'shop/charts/sub/templates/b.yaml'))];
    expect(await locateUse(firstUse(renderings), renderings)).toEqual({ file: 'charts/shop/Chart.yaml' });
  });

  it('is the archive of a packaged chart', async () => {
    const renderings = [rendered(document(pod), { kind: 'archive', displayPath: 'shop-1.0.0.tgz' })];
    expect(await locateUse(firstUse(renderings), renderings)).toEqual({ file: 'shop-1.0.0.tgz' });
  });

  it('is also known for a finding', async () => {
    const text = document(pod.replace('r.example/a:1', 'auto'));
    const renderings = [rendered(text, { files: { 'templates/a.yaml': source } })];
    const finding = discover(renderings).findings[0];
    if (finding === undefined) throw new Error('there is no finding');
    expect(await locateFinding(finding, renderings)).toEqual({ file: 'charts/shop/templates/a.yaml', line: 4 });
  });
});
