import { parseReference } from '../core/oci/reference.ts';
import { dockerHub } from '../core/oci/registry-reference.ts';
import type { Chart } from '../helm/charts/chart.ts';
import type { ImageOccurrence } from './occurrence.ts';
import { parseYamlTree } from './yaml/parse-yaml-tree.ts';
import { childPath, formatPath } from './yaml/yaml-path.ts';
import { type TreeNode, textOf } from './yaml/yaml-tree.ts';

/** Annotations of Chart.yaml that list images, as defined by Artifact Hub, Zarf, and Bitnami. */
const annotations = ['artifacthub.io/images', 'helm.sh/images', 'images'] as const;

/**
 * The images that the annotations of a chart list in YAML, as strings or as maps with `image`. Skips invalid
 * references.
 */
export function annotatedImages(chart: Chart): readonly ImageOccurrence[] {
  return annotations.flatMap((key) => {
    const tree = parseYamlTree(chart.metadata.annotations[key] ?? '');
    if (!tree.ok || tree.value.type !== 'list') return [];
    const path = formatPath(childPath(childPath(undefined, 'annotations'), key));
    return tree.value.items.flatMap((item): readonly ImageOccurrence[] => {
      const image = imageOf(item);
      if (image === undefined || !parseReference(image).ok) return [];
      const where = { kind: 'Chart', name: chart.metadata.name, path, line: 1 };
      return [{ type: 'image', image, ...where, rule: 'declared', confidence: 'declared' }];
    });
  });
}

function imageOf(item: TreeNode): string | undefined {
  const text = item.type === 'text' && item.scalar === 'string' ? item.text : textOf(item, 'image');
  return text?.trim();
}

/** Equal for all names of an image: `nginx` and `docker.io/library/nginx:latest`. */
export function canonicalName(image: string): string {
  const parsed = parseReference(image);
  if (!parsed.ok) return image;
  const { registry, repository: path, tag, digest } = parsed.value;
  const onHub = registry === undefined || registry === dockerHub || registry === `index.${dockerHub}`;
  const where = onHub ? path.replace(/^library\//, '') : `${registry}/${path}`;
  return `${where}:${tag ?? (digest === undefined ? 'latest' : '')}@${digest ?? ''}`;
}
