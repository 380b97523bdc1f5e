/** Charts written for one test, and the search for optional images in them with a real helm. */
import { join } from 'node:path';
import { toolPath } from '../../../scripts/tools.ts';
import { discover } from '../../../src/discovery/discover.ts';
import {
  defaultRenderings,
  findOptionalImages,
  type OptionalImages,
} from '../../../src/values/toggles/optional-images.ts';
import { defaultSet, helmSetting, noOptions } from '../../helm/cli/helm-fixtures.ts';
import { writeFiles } from '../../support/charts.ts';

export interface Searched extends OptionalImages {
  /** `image: way | way`, in the order of the discovery. */
  readonly minimalSets: readonly string[];
  /** Helm runs beyond the first. */
  readonly count: number;
}

/** A pod of this name with this image, to be put into a template. */
export function pod(name: string, image: string): string {
  return `---
apiVersion: v1
kind: Pod
metadata: { name: ${name} }
spec:
  containers:
    - name: ${name}
      image: ${image}
`;
}

/** The files of a chart `shop` with one pod that is always there; `files` add to them and replace them. */
export function shop(values: string, files: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return {
    'Chart.yaml': 'apiVersion: v2\nname: shop\nversion: 1.0.0\n',
    'values.yaml': values,
    'templates/shop.yaml': pod('shop', 'registry.example/shop:1.0.0'),
    ...files,
  };
}

export async function search(
  files: Readonly<Record<string, string>>,
  set: readonly string[] = [],
  tool: 'helm-3' | 'helm-4' = 'helm-4',
  maximum: number = defaultRenderings,
): Promise<Searched> {
  const helm = { path: toolPath(tool), version: tool === 'helm-3' ? '3.21.4' : '4.2.4' };
  const setting = await helmSetting();
  await writeFiles(join(setting.work, 'shop'), files);
  const chart = await setting.chart('shop', { ...defaultSet, set });
  const renderings = await setting.render(helm, chart);
  const tools = { helm, template: noOptions, access: setting.access };
  const found = await findOptionalImages(renderings, discover(renderings), tools, maximum);
  const minimalSets = found.discovery.images.flatMap(({ image, uses }) => {
    const by = [...new Set(uses.flatMap(({ optionalBy }) => optionalBy ?? []))];
    return by.length === 0 ? [] : [`${image}: ${by.join(' | ')}`];
  });
  return { ...found, minimalSets, count: found.searched[0]?.renderings ?? 0 };
}
