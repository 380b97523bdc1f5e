import * as v from 'valibot';
import { ChartImagesError } from '../../core/errors.ts';
import type { ArmClient } from './arm.ts';

const subscriptionsVersion = '2022-12-01';

const subscriptionShape = v.object({
  subscriptionId: v.string(),
  displayName: v.optional(v.string(), ''),
  state: v.optional(v.string(), 'Enabled'),
});

/** As many as a message can name. */
const shown = 5;

/** Ids of the subscriptions that the identity sees. */
export async function listSubscriptions(arm: ArmClient) {
  const all = await arm.list(`/subscriptions?api-version=${subscriptionsVersion}`, 'list the subscriptions');
  return all.flatMap((entry) => {
    const read = v.safeParse(subscriptionShape, entry);
    return read.success && read.output.state === 'Enabled' ? [read.output] : [];
  });
}

/** The one subscription that the identity sees, where the user names none. Errors: `missing-input`. */
export async function soleSubscription(arm: ArmClient): Promise<string> {
  const all = await listSubscriptions(arm);
  const [only, ...others] = all;
  if (only !== undefined && others.length === 0) return only.subscriptionId;
  const names = all.slice(0, shown).map(({ subscriptionId, displayName }) => `${subscriptionId} (${displayName})`);
  const what = all.length === 0 ? 'no subscription' : `${all.length} subscriptions`;
  throw new ChartImagesError(
    'missing-input',
    `${capital(arm.identity())} sees ${what}, and "azure-subscription" names none.`,
    {
      advice: `Give azure-subscription${names.length === 0 ? '' : `, one of ${names.join(', ')}`}.`,
    },
  );
}

function capital(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}
