import type { Finding } from '../../core/findings.ts';
import { atUse } from '../../discovery/image-use.ts';
import { formatUse } from '../../resolve/use-text.ts';
import type { RegistryControl, RegistryValues } from './registry-values.ts';

/** One notice per image that starts with an empty registry, in a run whose registries AOSM sets. */
export function emptyRegistryFindings(values: readonly RegistryValues[]): readonly Finding[] {
  const empty = new Map(
    values.flatMap(({ controls }) =>
      controls.flatMap((control) => (control.use.image.startsWith('/') ? [[control.use.image, control] as const] : [])),
    ),
  );
  return [...empty.values()].map(emptyRegistryFinding);
}

function emptyRegistryFinding(control: RegistryControl): Finding {
  const { use } = control;
  const [cause, remedy] =
    control.by === 'value'
      ? [`the value ${control.valuePath} is empty`, `Set ${control.valuePath}`]
      : ['its registry is empty', 'Set its registry'];
  return {
    code: 'empty-registry',
    severity: 'notice',
    message: `${use.image} (used in ${formatUse(use)}) has no registry: ${cause}, and only the older method of AOSM (registryValuesPaths) fills it.`,
    advice: `${remedy} to a dummy such as azure.io, which works with injectArtifactStoreDetails too.`,
    part: 'registry',
    ...(control.by === 'value' && control.emptyAt !== undefined
      ? { image: use.image, ...control.emptyAt }
      : atUse(use)),
  };
}
