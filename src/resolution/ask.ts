import { type Location, manifestKey } from '../image/location.ts';
import type { Existence, ManifestHead, Registries } from '../registry/registry.ts';

/** Asks whether a place has a manifest. Only throws `cancelled`. */
export type Ask = (location: Location) => Promise<Existence<ManifestHead>>;

/** Asks each registry for each manifest once: whoever asks again, also while the question is under way, gets that answer. */
export function askOnce(registries: Registries): Ask {
  const answers = new Map<string, Promise<Existence<ManifestHead>>>();
  return (location) => {
    const key = manifestKey(location);
    const question = `${location.registry}/${location.repository} ${key}`;
    const known = answers.get(question);
    if (known) return known;
    const answer = registries.at(location.registry).headManifest(location.repository, key);
    answers.set(question, answer);
    return answer;
  };
}
