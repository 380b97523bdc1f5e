import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { toolPath } from '../../scripts/tools.ts';
import { outputOf } from '../support/program.ts';
import { root } from '../support/root.ts';

const chart = join(root, 'examples', 'contoso', 'charts', 'contoso');

describe.each(['helm-3', 'helm-4'] as const)('the chart of the worked example, with %s', (helm) => {
  test('has nothing that helm lint would say', async () => {
    expect(await outputOf(toolPath(helm), ['lint', '--strict', chart])).toContain('0 chart(s) failed');
  });

  test("names the four images of AOSM's documentation, contoso-a twice", async () => {
    const images = [...(await outputOf(toolPath(helm), ['template', chart])).matchAll(/image: "(.*)"/g)];
    expect(images.map(([, image]) => image).toSorted()).toEqual([
      'repository/release/contoso-a:1.0.0',
      'repository/release/contoso-a:1.0.0',
      'repository/release/contoso-b:1.0.0',
      'repository/release/contoso-c:1.0.0',
      'repository/test-release/contoso-test:1.0.0',
    ]);
  });

  test('lets AOSM overwrite the registry of every image', async () => {
    const overwritten = ['template', chart, '--set', 'global.registryPath=store.azurecr.io'];
    expect(await outputOf(toolPath(helm), overwritten)).not.toContain('repository/');
  });
});
