import type { KubernetesObject } from '../kubernetes-object.ts';
import { meaningOf } from '../name-meaning.ts';
import { fieldsOf, type NamedText } from '../named-text.ts';
import { below, type Path } from '../path.ts';
import { shapeOf } from '../shape.ts';
import { imageAt, type Sighting } from '../sighting.ts';
import { childOf, type TreeNode } from '../tree.ts';
import { walk } from '../walk.ts';

/**
 * Annotations whose key means an image, as injectors of sidecars and catalogues of operators read them: `proxyImage`,
 * `agent-image`, `containerImage`. The key is what follows the domain; the value has to be a whole reference with a tag.
 */
export function findInAnnotations(object: KubernetesObject): readonly Sighting[] {
  const found: Sighting[] = [];
  walk(object.node, object.path, {
    map({ node, path }) {
      found.push(...imagesOfMetadata(childOf(node, 'metadata'), below(path, 'metadata')));
    },
  });
  return found;
}

function imagesOfMetadata(metadata: TreeNode | undefined, path: Path): readonly Sighting[] {
  const annotations = childOf(metadata, 'annotations');
  if (annotations?.type !== 'map') return [];
  return fieldsOf(annotations, below(path, 'annotations')).filter(namesImage).map(toSighting);
}

function namesImage({ name, text }: NamedText): boolean {
  const key = name.slice(name.lastIndexOf('/') + 1);
  const shape = shapeOf(text.trim());
  return meaningOf(key) === 'image' && (shape === 'registry-tagged' || shape === 'path-tagged');
}

function toSighting({ text, spot }: NamedText): Sighting {
  return imageAt(text.trim(), spot);
}
