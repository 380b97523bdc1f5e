import { positionOf, type RuleMatch } from '../classify/match.ts';
import { isPlaceholder } from '../classify/placeholder.ts';
import { walk } from '../classify/walk.ts';
import type { KubernetesObject } from '../kubernetes/kubernetes-object.ts';
import { childOf, type MapNode, type TreeNode } from '../yaml/yaml-tree.ts';

/** Fields that give a chart in this order of certainty, and where it comes from. */
const chartKeys = ['chart', 'chartName'] as const;
const sourceKeys = ['repoURL', 'repo', 'repository', 'git', 'url'] as const;
const versionKeys = ['version', 'targetRevision'] as const;

/**
 * Charts that a controller deploys for a custom resource (`HelmRelease`, `HelmChart`, `OCIRepository` and Argo CD's
 * `Application`). Their images are not in the rendering. Found by their fields, because new controllers use the same.
 */
export function findOtherCharts(object: KubernetesObject): readonly RuleMatch[] {
  if (object.kind === 'CustomResourceDefinition') return [];
  const found: RuleMatch[] = [];
  walk(object.node, object.path, {
    map({ node, key, path }) {
      const text = chartIn(node, key, object.kind);
      if (text !== undefined && !isPlaceholder(text))
        found.push({ type: 'other-chart', text, position: positionOf(node, path) });
    },
  });
  return found;
}

function chartIn(node: MapNode, key: string, kind: string): string | undefined {
  const chart = firstText(node, chartKeys);
  const source = firstText(node, sourceKeys) ?? sourceIn(childOf(node, 'sourceRef'));
  const version = firstText(node, versionKeys);
  if (chart !== undefined) {
    const isDeployed = (source ?? version) !== undefined || chart.includes('://') || kind.startsWith('Helm');
    return isDeployed ? describe(chart, version, source) : undefined;
  }
  if (key === 'chartRef') {
    const source = sourceIn(node);
    return source && `the chart of ${source}`;
  }
  if (key === 'chart' && source !== undefined) {
    const inside = firstText(node, ['name', 'path']);
    return inside && describe(inside, version, source);
  }
  if (key === 'spec' && kind === 'OCIRepository') {
    const ref = childOf(node, 'ref');
    return source && describe(source, firstText(ref, ['tag', 'semver', 'digest']), undefined);
  }
  // A path in a repository of code: of a chart, or of plain manifests, which name images as well.
  const path = firstText(node, ['repoURL']) && firstText(node, ['path']);
  return path && describe(path, version, source);
}

function sourceIn(node: TreeNode | undefined): string | undefined {
  const name = firstText(node, ['name']);
  return name && `${firstText(node, ['kind']) ?? ''} ${name}`.trim();
}

function describe(chart: string, version: string | undefined, source: string | undefined): string {
  return `the chart ${chart}${version ? ` ${version}` : ''}${source ? ` of ${source}` : ''}`;
}

function firstText(node: TreeNode | undefined, keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const child = childOf(node, key);
    const text = child?.type === 'text' && child.scalar !== 'empty' ? child.text.trim() : '';
    if (text !== '') return text;
  }
  return undefined;
}
