import { type DiscoveryFinding, renderedLineOf } from '../../discovery/image-use.ts';
import type { RegistryValues } from './registry-values.ts';

/** One notice per image that starts with an empty registry, in a run whose registries AOSM sets. */
export function emptyRegistryFindings(values: readonly RegistryValues[]): readonly DiscoveryFinding[] {
  const empty = new Map(
    values.flatMap(({ controls }) =>
      controls.flatMap((control) => (control.use.image.startsWith('/') ? [[control.use.image, control] as const] : [])),
    ),
  );
  return [...empty.values()].map((control) => {
    const { image, template, kind, name } = control.use;
    const [cause, remedy] =
      control.by === 'value'
        ? [`the value ${control.valuePath} is empty`, `Set ${control.valuePath}`]
        : ['its registry is empty', 'Set its registry'];
    return {
      code: 'empty-registry',
      severity: 'notice',
      message: `${image} (used in ${template} (${kind} ${name})) has no registry: ${cause}, and only the older method of AOSM (registryValuesPaths) fills it.`,
      advice: `${remedy} to a dummy such as azure.io, which works with injectArtifactStoreDetails too.`,
      image,
      part: 'registry',
      renderedAt: renderedLineOf(control.use),
    };
  });
}
