import { type ChartImagesError, rootOf } from '../errors.ts';
import { type Location, manifestKey } from '../image/location.ts';
import type { Existence, ManifestHead, Registries } from '../registry/registry.ts';

/** Asks whether a place has a manifest; an error is told without naming the place again. Only throws `cancelled`. */
export type Ask = (location: Location) => Promise<Existence<ManifestHead>>;

/**
 * Asks each registry for each manifest once: whoever asks again, also while the question is under way, gets that answer.
 * A registry that could not be reached, or kept asking to slow down, for one manifest is not tried for the others, which would
 * cost the patience of the client for each of them.
 */
export function askOnce(registries: Registries): Ask {
  const answers = new Map<string, Promise<Existence<ManifestHead>>>();
  const givenUp = new Map<string, ChartImagesError>();

  const ask = async ({ registry, repository }: Location, key: string): Promise<Existence<ManifestHead>> => {
    const error = givenUp.get(registry);
    if (error) return { result: 'unknown', error };
    const answer = await registries.at(registry).headManifest(repository, key);
    if (answer.result !== 'unknown') return answer;
    const root = rootOf(answer.error);
    if (isHopeless(root)) givenUp.set(registry, root);
    return { result: 'unknown', error: root };
  };

  return (location) => {
    const key = manifestKey(location);
    const question = `${location.registry}/${location.repository} ${key}`;
    const answer = answers.get(question) ?? ask(location, key);
    answers.set(question, answer);
    return answer;
  };
}

function isHopeless({ code }: ChartImagesError): boolean {
  return code === 'network' || code === 'tls' || code === 'timeout' || code === 'throttled';
}
