import { ChartImagesError } from '../../core/errors.ts';
import type { Digest } from '../../core/oci/digest.ts';
import { formatReference, manifestReference, type RegistryReference } from '../../core/oci/registry-reference.ts';
import type { RegistryWriter } from '../../registry/client/registry.ts';

/** Asks the target for what was just put there. Throws unless it answers with exactly that digest. */
export async function verifyPushed(registry: RegistryWriter, place: RegistryReference, digest: Digest): Promise<void> {
  const response = await registry.headManifest(place.repository, manifestReference(place));
  switch (response.result) {
    case 'found':
      if (response.value.digest === digest) return;
      throw new ChartImagesError(
        'digest-mismatch',
        `${formatReference(place)} has the digest ${response.value.digest} after ${digest} was put there.`,
        {
          advice:
            'Something else writes to this tag, or the registry changes what it stores; see to that and run again.',
        },
      );
    case 'absent':
      throw new ChartImagesError(
        'registry-answer',
        `${formatReference(place)} is not there after the registry took it (${response.reason}).`,
        { advice: 'Run again; when it stays so, look into what the target registry does with new images.' },
      );
    case 'unknown':
      throw response.error;
  }
}
