import * as v from 'valibot';
import { ChartImagesError } from '../../core/errors.ts';
import type { ArmClient } from './arm.ts';

const subscriptionsVersion = '2022-12-01';

const subscriptionShape = v.object({
  subscriptionId: v.string(),
  displayName: v.optional(v.string(), ''),
  state: v.optional(v.string(), 'Enabled'),
});

/** Subscriptions in a message. */
const maximumShown = 5;

/** The enabled subscriptions that the identity has access to. */
export async function listSubscriptions(arm: ArmClient) {
  const all = await arm.list(`/subscriptions?api-version=${subscriptionsVersion}`, 'list the subscriptions');
  return all.flatMap((entry) => {
    const read = v.safeParse(subscriptionShape, entry);
    return read.success && read.output.state === 'Enabled' ? [read.output] : [];
  });
}

/** The only subscription of the identity. Throws `missing-input` if there is none, or more than one. */
export async function soleSubscription(arm: ArmClient): Promise<string> {
  const all = await listSubscriptions(arm);
  const [only, ...others] = all;
  if (only !== undefined && others.length === 0) return only.subscriptionId;
  const names = all
    .slice(0, maximumShown)
    .map(({ subscriptionId, displayName }) => `${subscriptionId} (${displayName})`);
  const count = all.length === 0 ? 'no subscription' : `${all.length} subscriptions`;
  throw new ChartImagesError(
    'missing-input',
    `Cannot choose a subscription: "azure-subscription" is not set, and ${arm.identity()} has access to ${count}.`,
    { advice: `Set azure-subscription${names.length === 0 ? '' : ` to one of ${names.join(', ')}`}.` },
  );
}
