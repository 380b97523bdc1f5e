import { argumentLists } from '../arguments.ts';
import type { KubernetesObject } from '../kubernetes-object.ts';
import { imagesOfNamed } from '../likeness.ts';
import type { Sighting } from '../sighting.ts';

/** References in arguments, commands and the scripts they carry: `--sidecar-image=ref`, `pull ref`, `-image="ref" \`. */
export function findArguments(object: KubernetesObject): readonly Sighting[] {
  return argumentLists(object).flat().flatMap(imagesOfNamed);
}
