import type { Location } from '../image/location.ts';
import type { Registries, RegistryReader, RegistryWriter } from '../registry/registry.ts';

/** One repository in one registry. */
export interface Side<R> {
  readonly registry: R;
  readonly repository: string;
}

/** Where content is read and where it is written: all that the copy knows of the world. */
export interface Route {
  readonly from: Side<RegistryReader>;
  readonly to: Side<RegistryWriter>;
}

export function routeOf(from: Location, to: Location, registries: Registries): Route {
  return {
    from: { registry: registries.at(from.registry), repository: from.repository },
    to: { registry: registries.at(to.registry), repository: to.repository },
  };
}

/** `host/repository@digest`, for messages and as the key of what is moved once. */
export function namePart(side: Side<{ readonly host: string }>, digest: string): string {
  return `${side.registry.host}/${side.repository}@${digest}`;
}
