import { ChartImagesError } from '../errors.ts';
import type { Digest } from '../image/digest.ts';
import { formatLocation, type Location, manifestKey } from '../image/location.ts';
import type { RegistryWriter } from '../registry/registry.ts';

/** Asks the target for what was just put there. Throws unless it answers with exactly that digest. */
export async function proveLanded(registry: RegistryWriter, place: Location, digest: Digest): Promise<void> {
  const answer = await registry.headManifest(place.repository, manifestKey(place));
  switch (answer.result) {
    case 'found':
      if (answer.value.digest === digest) return;
      throw new ChartImagesError(
        'digest-mismatch',
        `${formatLocation(place)} has the digest ${answer.value.digest} after ${digest} was put there.`,
        {
          advice:
            'Something else writes to this tag, or the registry changes what it stores; see to that and run again.',
        },
      );
    case 'absent':
      throw new ChartImagesError(
        'registry-answer',
        `${formatLocation(place)} is not there after the registry took it (${answer.reason}).`,
        { advice: 'Run again; when it stays so, look into what the target registry does with new images.' },
      );
    case 'unknown':
      throw answer.error;
  }
}
