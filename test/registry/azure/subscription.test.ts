/** Which subscription, and which registry in it, when the user names none. */
import { expect, test } from 'vitest';
import { createRegistryResources } from '../../../src/registry/azure/acr-resource-ids.ts';
import { listSubscriptions, soleSubscription } from '../../../src/registry/azure/subscription.ts';
import { json, me, scriptedArm } from '../../azure/scripted-arm.ts';

const one = { subscriptionId: 'one', displayName: 'First', state: 'Enabled' };
const two = { subscriptionId: 'two', displayName: 'Second' };

async function subscriptions(...value: readonly unknown[]) {
  return (await scriptedArm(() => json({ value }))).arm;
}

test('the only subscription of an identity is taken without a word', async () => {
  expect(await soleSubscription(await subscriptions(one))).toBe('one');
});

test('a subscription that is disabled or without an ID does not count', async () => {
  const arm = await subscriptions({ ...one, state: 'Disabled' }, { displayName: 'x' }, two);
  expect(await listSubscriptions(arm)).toEqual([{ ...two, state: 'Enabled' }]);
  expect(await soleSubscription(arm)).toBe('two');
});

test('two subscriptions are never guessed between: the advice has both to choose from', async () => {
  await expect(soleSubscription(await subscriptions(one, two))).rejects.toMatchObject({
    code: 'missing-input',
    message: `Cannot choose a subscription: "azure-subscription" is not set, and ${me} has access to 2 subscriptions.`,
    advice: 'Set azure-subscription to one of one (First), two (Second).',
  });
});

test('of many subscriptions the advice shows five', async () => {
  const many = Array.from({ length: 7 }, (_, index) => ({ subscriptionId: `s${index}`, displayName: '' }));
  await expect(soleSubscription(await subscriptions(...many))).rejects.toMatchObject({
    message: expect.stringContaining('access to 7 subscriptions.'),
    advice: 'Set azure-subscription to one of s0 (), s1 (), s2 (), s3 (), s4 ().',
  });
});

test('an identity without a subscription is reported', async () => {
  await expect(soleSubscription(await subscriptions())).rejects.toMatchObject({
    message: expect.stringContaining('access to no subscription.'),
    advice: 'Set azure-subscription.',
  });
});

/** Registries by subscription. */
async function registries(bySubscription: Readonly<Record<string, readonly string[]>>, preferred?: string) {
  const scripted = await scriptedArm(({ path }) => {
    const [, subscription] = /^\/subscriptions\/([^/]+)\//.exec(path) ?? [];
    if (subscription === undefined)
      return json({ value: Object.keys(bySubscription).map((subscriptionId) => ({ subscriptionId })) });
    const found = (bySubscription[decodeURIComponent(subscription)] ?? []).map((loginServer) => ({
      id: `/${subscription}/${loginServer}`,
      properties: { loginServer },
    }));
    return json({ value: [{ id: 'without a server' }, ...found] });
  });
  return { ...scripted, resources: createRegistryResources(scripted.arm, preferred) };
}

const listOf = (subscription: string) =>
  `GET /subscriptions/${subscription}/providers/Microsoft.ContainerRegistry/registries`;

test('a registry is looked for in the subscription of the user first, and no other is asked when it is there', async () => {
  const { resources, asked } = await registries({ a: [], mine: ['Contoso.azurecr.io'] }, 'mine');
  expect(await resources.idOf('contoso.azurecr.io')).toBe('/mine/Contoso.azurecr.io');
  expect(asked()).toEqual([listOf('mine')]);
});

test('a registry in another subscription is found, and each list is asked for once for all images', async () => {
  const { resources, asked } = await registries({ mine: [], a: ['x.azurecr.io'], b: ['y.azurecr.io'] }, 'mine');
  expect(await resources.idOf('x.azurecr.io')).toBe('/a/x.azurecr.io');
  expect(await resources.idOf('y.azurecr.io')).toBe('/b/y.azurecr.io');
  expect(await resources.idOf('none.azurecr.io')).toBeUndefined();
  expect(asked()).toEqual([listOf('mine'), 'GET /subscriptions', listOf('a'), listOf('b')]);
});

test('without a subscription of the user all are searched, and a strange name of one stays a part of the path', async () => {
  const { resources, asked } = await registries({ 'a/b?c': ['x.azurecr.io'] });
  expect(await resources.idOf('x.azurecr.io')).toBe('/a%2Fb%3Fc/x.azurecr.io');
  expect(asked()).toEqual(['GET /subscriptions', listOf('a%2Fb%3Fc')]);
});
