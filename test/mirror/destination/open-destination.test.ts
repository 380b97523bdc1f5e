import { afterEach, beforeEach, expect, test } from 'vitest';
import { toolPath } from '../../../scripts/tools.ts';
import type { CopyMode } from '../../../src/mirror/destination/import-strategy.ts';
import { json, layerBytes } from '../../azure/exchange.ts';
import type { Principal, StandInRegistry } from '../../azure/fake-azure.ts';
import { type StandIn, startStandIn } from '../../azure/fake-server.ts';
import { makeImage, pushImage } from '../../support/images.ts';
import { testAtLength } from '../../support/matrix.ts';
import { outputOf } from '../../support/program.ts';
import { type Opened, open } from './destination-fixtures.ts';

let azure: StandIn;
let mover: Principal;
let source: StandInRegistry;
let target: StandInRegistry;
const opened: Opened[] = [];

beforeEach(async () => {
  azure = await startStandIn();
  mover = azure.addPrincipal();
  [source, target] = [await azure.addRegistry('source'), await azure.addRegistry('target')];
  azure.assign(mover, 'AcrPull', source.resourceId);
  azure.assign(mover, 'AcrPush', target.resourceId);
});

afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
  await azure.stop();
});

async function destination(copyMode: CopyMode): Promise<Opened> {
  const place = { registry: target.loginServer, namespace: 'mirror' };
  const one = await open(azure, mover, { target: place, artifactStore: undefined, copyMode });
  opened.push(one);
  return one;
}

function mayImport(): void {
  for (const { resourceId } of [source, target]) {
    azure.assign(mover, 'Container Registry Data Importer and Data Reader', resourceId);
  }
}

/** So many images, each with a layer of its own, as a chart would name them. */
async function fill(count: number): Promise<readonly string[]> {
  const names = Array.from({ length: count }, (_, index) => `team/app-${index}:1`);
  for (const [index, name] of names.entries()) {
    const image = await makeImage({ seed: `${index}`, layers: [5_000] });
    await pushImage(source.store.url, name.replace(':1', ''), '1', image);
  }
  return names;
}

testAtLength(
  'two hundred images are imported inside Azure with 10 % of the responses throttled',
  {
    timeout: 180_000,
  },
  async () => {
    mayImport();
    const names = await fill(200);
    azure.world.behavior.throttleEvery = 10;
    azure.world.behavior.polls = 1;
    const one = await destination('auto');
    const { outcomes } = await one.planAndCopy(await one.resolve(names, [source.loginServer]));
    expect(outcomes.filter(({ result }) => result === 'copied')).toHaveLength(200);
    expect(layerBytes(azure.recorded)).toBe(0);
    const digests = async (registry: StandInRegistry, repository: string) =>
      await outputOf(toolPath('crane'), ['digest', `${registry.store.host}/${repository}:1`]);
    expect(await digests(target, 'mirror/team/app-199')).toBe(await digests(source, 'team/app-199'));
  },
);

test('with auto and without the role, images are copied through this machine, and the reason is logged once', async () => {
  const one = await destination('auto');
  const { outcomes } = await one.planAndCopy(await one.resolve(await fill(3), [source.loginServer]));
  expect(outcomes.map(({ result }) => result)).toEqual(['copied', 'copied', 'copied']);
  expect(layerBytes(azure.recorded)).toBeGreaterThan(30_000);
  expect(one.setting.log.lines.filter((line) => line.startsWith('Cannot import'))).toHaveLength(1);
});

test('with auto, an image that Azure cannot import is copied through this machine, and only that image is logged', async () => {
  mayImport();
  const [first = '', second = ''] = await fill(2);
  azure.intercept(({ url, body }) =>
    url.pathname.endsWith('/importImage') && body.includes('app-1@')
      ? json(400, { error: { code: 'Odd' } })
      : undefined,
  );
  const one = await destination('auto');
  const { outcomes } = await one.planAndCopy(await one.resolve([first, second], [source.loginServer]));
  expect(outcomes.map(({ result }) => result)).toEqual(['copied', 'copied']);
  const lines = one.setting.log.lines.filter((line) => line.includes('through this machine'));
  expect(lines).toEqual([expect.stringMatching(/^Copying \S*app-1:1 through this machine: .*400 \(Odd\)/)]);
});

test('with stream, no import is requested from Azure', async () => {
  mayImport();
  const one = await destination('stream');
  const { outcomes } = await one.planAndCopy(await one.resolve(await fill(1), [source.loginServer]));
  expect(outcomes.map(({ result }) => result)).toEqual(['copied']);
  expect(azure.recorded.filter(({ host }) => host.startsWith('management'))).toEqual([]);
});

test('with import and without the role, every image fails with the role that is missing, and nothing is copied', async () => {
  azure.assign(mover, 'Reader', '/subscriptions/');
  const one = await destination('import');
  const { outcomes } = await one.planAndCopy(await one.resolve(await fill(2), [source.loginServer]));
  for (const outcome of outcomes) {
    expect(outcome).toMatchObject({
      result: 'failed',
      error: { code: 'denied', advice: expect.stringContaining('Container Registry Data Importer and Data Reader') },
    });
  }
  expect(layerBytes(azure.recorded)).toBe(0);
});
