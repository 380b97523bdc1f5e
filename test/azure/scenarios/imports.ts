/** Images that Azure copies from registry to registry by itself, and what goes through the runner after all. */
import { join } from 'node:path';
import { expect } from 'vitest';
import { podChart, writeFiles } from '../../support/chart.ts';
import { pushImage } from '../../support/images.ts';
import { layerBytes } from '../exchange.ts';
import { type Principal, tenant } from '../fake-azure.ts';
import type { StandIn } from '../fake-server.ts';
import { application, secretLogin } from './logins.ts';
import {
  type Case,
  digestIn,
  everywhere,
  image,
  type Mirror,
  mirror,
  type Place,
  reasonOf,
  repositoriesIn,
  type Scenario,
} from './scenario.ts';

const importer = 'Container Registry Data Importer and Data Reader';

/** An application that may have Azure import from one registry into the other. */
export function importing(azure: StandIn, { source, target }: Mirror) {
  const secret = azure.world.newSecret();
  const principal: Principal = azure.addPrincipal({ secret });
  for (const { resourceId } of [source, target]) {
    if (resourceId !== '') azure.assign(principal, importer, resourceId);
  }
  return {
    principal,
    env: { AZURE_TENANT_ID: tenant, AZURE_CLIENT_ID: principal.clientId, AZURE_CLIENT_SECRET: secret },
  };
}

/** It arrived, as it is, and the runner never saw it. */
function arrivedInside(place: Place, made: Mirror): Case['check'] {
  return async ({ host, report }) => {
    expect(reasonOf(host)).toBe('');
    expect(report?.totals).toMatchObject({ images: 1, copied: 1, bytes: 0 });
    expect(await digestIn(made.target, 'team/web:1')).toBe(image.digest);
    expect(layerBytes(place.azure.recorded)).toBe(0);
  };
}

/** `--copy-mode=import` needs no right to push. */
export const imports: readonly Scenario[] = [
  {
    name: 'an image is copied between registries of Azure without a layer byte through the runner',
    ways: everywhere,
    prepare: async (place) => {
      const made = await mirror(place);
      const { env } = importing(place.azure, made);
      return { inputs: made.inputs, env, check: arrivedInside(place, made) };
    },
  },
  {
    name: 'an image is copied from a public registry into one of Azure',
    ways: everywhere,
    prepare: async (place) => {
      const made = await mirror(place, { loginServer: 'mcr.microsoft.com', anonymousPull: true });
      const { env } = importing(place.azure, made);
      return { inputs: { ...made.inputs, 'copy-mode': 'import' }, env, check: arrivedInside(place, made) };
    },
  },
  {
    name: 'an identity that may not import copies through the runner, and the log says so',
    ways: everywhere,
    prepare: async (place) => {
      const made = await mirror(place);
      const login = secretLogin(place.azure, made);
      const [principal] = place.azure.world.principals;
      if (principal === undefined) throw new Error('there is nobody');
      for (const { resourceId } of [made.source, made.target]) place.azure.assign(principal, 'Reader', resourceId);
      return {
        ...login,
        inputs: made.inputs,
        check: async ({ host, report }) => {
          expect(reasonOf(host)).toBe('');
          expect(host.log).toContain(
            'Cannot import from contososource.azurecr.io into contosotarget.azurecr.io inside of Azure',
          );
          expect(host.log).toContain('Microsoft.ContainerRegistry/registries/importImage/action');
          expect(report?.totals).toMatchObject({ copied: 1 });
          expect(await digestIn(made.target, 'team/web:1')).toBe(image.digest);
          expect(layerBytes(place.azure.recorded)).toBeGreaterThan(0);
        },
      };
    },
  },
  {
    name: 'copy-mode: stream leaves Azure alone',
    ways: everywhere,
    prepare: async (place) => {
      const made = await mirror(place);
      const { principal, env } = importing(place.azure, made);
      place.azure.assign(principal, 'AcrPush', made.target.resourceId);
      return {
        inputs: { ...made.inputs, 'copy-mode': 'stream' },
        env,
        check: async ({ host }) => {
          expect(reasonOf(host)).toBe('');
          expect(await digestIn(made.target, 'team/web:1')).toBe(image.digest);
          expect(place.azure.recorded.filter(({ url }) => url.pathname.endsWith('/importImage'))).toEqual([]);
        },
      };
    },
  },
  {
    name: 'copy-mode: import without the role is an error that names the role, and nothing is copied',
    ways: everywhere,
    prepare: async (place) => {
      const made = await mirror(place);
      return {
        ...secretLogin(place.azure, made),
        inputs: { ...made.inputs, 'copy-mode': 'import' },
        check: async ({ host }) => {
          expect(host.passed).toBe(false);
          expect(host.log).toContain(importer);
          expect(await repositoriesIn(made.target)).toEqual([]);
        },
      };
    },
  },
  {
    name: "a registry that is read with the user's login is not for Azure to read",
    ways: everywhere,
    prepare: async (place) => {
      const made = await mirror(place, { loginServer: 'ghcr.io' });
      const { principal, env } = importing(place.azure, made);
      place.azure.assign(principal, 'AcrPush', made.target.resourceId);
      const { id, secret } = application(place.azure, { ...made, target: made.source });
      return {
        inputs: { ...made.inputs, 'registry-credentials': `ghcr.io ${id} ${secret}` },
        env,
        check: async ({ host }) => {
          expect(reasonOf(host)).toBe('');
          expect(await digestIn(made.target, 'team/web:1')).toBe(image.digest);
          expect(place.azure.recorded.filter(({ url }) => url.pathname.endsWith('/importImage'))).toEqual([]);
        },
      };
    },
  },
];

/** Images of `importedAtOnce`. */
const manyImages = 200;

/** So many tags of one repository that Azure throttles, in a terminal only: the other ways start the same program. */
export const manyImports: readonly Scenario[] = [
  {
    name: `${manyImages} images between registries of Azure, one answer in ten throttled`,
    ways: ['terminal'],
    prepare: async (place) => {
      const made = await mirror(place);
      const { env } = importing(place.azure, made);
      const tags = Array.from({ length: manyImages }, (_, index) => `t${index}`);
      for (const tag of tags) await pushImage(made.source.store.url, 'team/web', tag, image);
      const containers = tags.map((tag) => `{ name: c-${tag}, image: "team/web:${tag}" }`);
      const pod = `apiVersion: v1\nkind: Pod\nmetadata: { name: many }\nspec: { containers: [${containers.join(', ')}] }\n`;
      await writeFiles(join(place.work, 'charts', 'web'), podChart('team/web:1', { 'templates/many.yaml': pod }));
      const { behavior } = place.azure.world;
      behavior.throttleEvery = 10;
      behavior.polls = 1;
      return {
        inputs: made.inputs,
        env,
        check: async ({ host, report }) => {
          expect(reasonOf(host)).toBe('');
          expect(report?.totals).toMatchObject({ images: manyImages + 1, copied: manyImages + 1, bytes: 0 });
          expect(layerBytes(place.azure.recorded)).toBe(0);
          const throttled = place.azure.recorded.filter(({ status }) => status === 429);
          expect(throttled.length).toBeGreaterThan(100);
          for (const tag of [tags[0], tags[manyImages - 1]]) {
            expect(await digestIn(made.target, `team/web:${tag}`)).toBe(image.digest);
          }
        },
      };
    },
  },
];
