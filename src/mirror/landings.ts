import type { Arrival, Blob, RegistryWriter } from '../registry/registry.ts';
import type { Side } from './route.ts';

/** Brings a blob into a repository, mounting it from another one of the registry where that has it. */
export type Bring = (mountFrom: string) => Promise<Landing>;

export interface Landing {
  readonly arrival: Arrival;
  /** Moved from the source. */
  readonly bytes: number;
}

/**
 * Where the blobs of a run are in the target registries. Whoever needs a blob first brings it; whoever needs it in another
 * repository waits and mounts it from there, so that its bytes move once.
 */
export interface Landings {
  /** `near`: a repository of the target's registry that is known to have the blob already. */
  bring(to: Side<RegistryWriter>, blob: Blob, near: string | undefined, bring: Bring): Promise<Landing>;
  /** Bytes that did not have to move, for the target had them or mounted them. */
  saved(): number;
  /** Whether the last blob that a registry was asked for was not there: the next one will hardly be there either. */
  expectsAbsence(host: string): boolean;
}

interface Place {
  readonly repository: string;
  readonly flight: Promise<Landing>;
}

export function createLandings(): Landings {
  const places = new Map<string, Place>();
  const absence = new Map<string, boolean>();
  let saved = 0;
  const counting = async (blob: Blob, landing: Promise<Landing>): Promise<Landing> => {
    const landed = await landing;
    saved += blob.size - landed.bytes;
    return landed;
  };
  return {
    saved: () => saved,
    expectsAbsence: (host) => absence.get(host) ?? true,
    async bring({ registry, repository }, blob, near, bring) {
      if (near !== undefined) return await counting(blob, bring(near));
      const key = `${registry.host} ${blob.digest}`;
      while (registry.mounts()) {
        const place = places.get(key);
        if (place === undefined) break;
        const landed = await place.flight.then(
          () => true,
          () => false,
        );
        if (landed) return await counting(blob, bring(place.repository));
        // The other one may have failed for reasons of its own (another source): whoever comes first tries again.
      }
      const flight = counting(blob, bring(repository));
      places.set(key, { repository, flight });
      try {
        const landing = await flight;
        absence.set(registry.host, landing.arrival === 'uploaded');
        return landing;
      } catch (error) {
        if (places.get(key)?.flight === flight) places.delete(key);
        throw error;
      }
    },
  };
}
