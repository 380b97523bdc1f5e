import { partSpans } from '../provenance/reference-parts.ts';
import type { Replacement } from '../provenance/replaced-texts.ts';
import type { ValueEdit } from '../tree/values-file.ts';
import type { ExpectedChanges } from './judge-change.ts';
import { movedReference, type RelocatableUse } from './overlay-plan.ts';

/** What moving these uses may change in a rendering: images, their registries, and their repositories. Pure. */
export function expectedChanges(moving: readonly RelocatableUse[], edits: readonly ValueEdit[]): ExpectedChanges {
  const replacements = new Map<string, Replacement>();
  const add = (from: string, to: string): void => {
    replacements.set(JSON.stringify([from, to]), { from, to });
  };
  const images = new Set<string>();
  for (const { origin, to } of moving) {
    if (to === undefined) continue;
    const { image } = origin.use;
    const { registry, repository } = partSpans(image);
    const moved = movedReference(image, to);
    const name = `${to.registry}/${to.repository}`;
    const path = repository === undefined ? '' : image.slice(repository.start, repository.end);
    images.add(moved);
    add(image, moved);
    add(image.slice(0, repository?.end), name);
    add(path, to.repository);
    add(path, name);
    if (registry === undefined) continue;
    const host = image.slice(registry.start, registry.end);
    add(host, to.registry);
    if (name.endsWith(`/${path}`)) add(host, name.slice(0, -path.length - 1));
  }
  for (const { leaf, text } of edits) if (leaf.text !== '') add(leaf.text, text);
  const additions = edits.flatMap(({ leaf, text }) => (leaf.text === '' ? [text] : []));
  return { replacements: [...replacements.values()], additions, images };
}
