import type { RegistryClient } from './client.ts';
import { type PullBudget, pullBudgetIn } from './pull-budget.ts';

/** The same client, and the budget in its last response that had one. */
export function watchPullBudget(client: RegistryClient): {
  readonly client: RegistryClient;
  readonly budget: () => PullBudget | undefined;
} {
  let last: PullBudget | undefined;
  const read: RegistryClient['read'] = async (request, maximumBytes) => {
    const result = await client.read(request, maximumBytes);
    last = pullBudgetIn(result.response) ?? last;
    return result;
  };
  return { client: { ...client, read }, budget: () => last };
}
