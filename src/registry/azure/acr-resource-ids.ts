import * as v from 'valibot';
import type { ArmClient } from './arm.ts';
import { listSubscriptions } from './subscription.ts';

export const registryVersion = '2025-11-01';

const registryShape = v.object({ id: v.string(), properties: v.object({ loginServer: v.string() }) });

/** Resource IDs of container registries by their login servers. */
export interface AcrResourceIds {
  /** Undefined if the identity has access to no registry with this login server. */
  idOf(loginServer: string): Promise<string | undefined>;
}

/** Searches the subscription of the user first, and then all others. Lists each of them once. */
export function createRegistryResources(arm: ArmClient, preferred: string | undefined): AcrResourceIds {
  const lists = new Map<string, Promise<ReadonlyMap<string, string>>>();
  const listOf = (subscription: string): Promise<ReadonlyMap<string, string>> => {
    const list = lists.get(subscription) ?? registriesOf(subscription, arm);
    lists.set(subscription, list);
    return list;
  };
  let others: Promise<readonly string[]> | undefined;
  return {
    async idOf(loginServer) {
      const first = preferred === undefined ? undefined : (await listOf(preferred)).get(loginServer);
      if (first !== undefined) return first;
      others ??= listSubscriptions(arm).then((all) => all.map(({ subscriptionId }) => subscriptionId));
      for (const subscription of await others) {
        const id = (await listOf(subscription)).get(loginServer);
        if (id !== undefined) return id;
      }
      return undefined;
    },
  };
}

async function registriesOf(subscription: string, arm: ArmClient): Promise<ReadonlyMap<string, string>> {
  const target = `/subscriptions/${encodeURIComponent(subscription)}/providers/Microsoft.ContainerRegistry/registries?api-version=${registryVersion}`;
  const entries = await arm.list(target, 'list the container registries');
  const found = entries.flatMap((entry): [string, string][] => {
    const read = v.safeParse(registryShape, entry);
    return read.success ? [[read.output.properties.loginServer.toLowerCase(), read.output.id]] : [];
  });
  return new Map(found);
}
