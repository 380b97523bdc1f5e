import { classifyFieldName } from '../classify/field-name.ts';
import { imageMatch, type RuleMatch } from '../classify/match.ts';
import { type NamedValue, scalarFields } from '../classify/named-value.ts';
import { classifyReference } from '../classify/reference-form.ts';
import { walk } from '../classify/walk.ts';
import type { KubernetesObject } from '../kubernetes/kubernetes-object.ts';
import { childPath, type Path } from '../yaml/yaml-path.ts';
import { childOf, type TreeNode } from '../yaml/yaml-tree.ts';

/**
 * Annotations whose key means an image, for sidecar injectors and operator catalogs: `proxyImage`, `agent-image`,
 * `containerImage`. The key is the part after the domain; the value must be a complete reference with a tag.
 */
export function findInAnnotations(object: KubernetesObject): readonly RuleMatch[] {
  const found: RuleMatch[] = [];
  walk(object.node, object.path, {
    map({ node, path }) {
      found.push(...imagesOfMetadata(childOf(node, 'metadata'), childPath(path, 'metadata')));
    },
  });
  return found;
}

function imagesOfMetadata(metadata: TreeNode | undefined, path: Path): readonly RuleMatch[] {
  const annotations = childOf(metadata, 'annotations');
  if (annotations?.type !== 'map') return [];
  return scalarFields(annotations, childPath(path, 'annotations')).filter(namesImage).map(toMatch);
}

function namesImage({ name, text }: NamedValue): boolean {
  const key = name.slice(name.lastIndexOf('/') + 1);
  const form = classifyReference(text.trim());
  return classifyFieldName(key) === 'image' && (form === 'registry-tagged' || form === 'path-tagged');
}

function toMatch({ text, position }: NamedValue): RuleMatch {
  return imageMatch(text.trim(), position);
}
