/** Tokens of Azure's registries: for single repositories, soon ended, refused in the middle of an upload. */
import { join } from 'node:path';
import { expect } from 'vitest';
import { podChart, writeFiles } from '../../support/chart.ts';
import { json, lineOf } from '../exchange.ts';
import { secretLogin } from './logins.ts';
import { arriving, digestIn, everywhere, image, mirror, repositoriesIn, type Scenario } from './scenario.ts';

export const tokens: readonly Scenario[] = [
  {
    name: 'an image is copied between registries with permissions by repository (ABAC)',
    ways: everywhere,
    prepare: (place) =>
      arriving(
        place,
        (_, made) => {
          const login = secretLogin(place.azure, made);
          const [principal] = place.azure.world.principals;
          if (principal === undefined) throw new Error('there is nobody');
          const { source, target } = made;
          place.azure.assign(principal, 'Container Registry Repository Reader', source.resourceId, 'team/');
          place.azure.assign(principal, 'Container Registry Repository Writer', target.resourceId, 'team/');
          return login;
        },
        { permissions: 'abac' },
      ),
  },
  {
    name: 'an image is copied between registries that refuse tokens of the resource manager',
    ways: everywhere,
    prepare: (place) => arriving(place, (_, made) => secretLogin(place.azure, made), { armTokens: 'refused' }),
  },
  {
    name: 'an image is copied with a token of a scope map that is good for one repository',
    ways: everywhere,
    prepare: (place) =>
      arriving(place, (_, made) => {
        const lines = [made.source, made.target].map(({ loginServer, scopeMapTokens }) => {
          const token = { username: 'mirror', password: place.azure.world.newSecret(), repositories: ['team/web'] };
          scopeMapTokens.push(token);
          return `${loginServer} ${token.username} ${token.password}`;
        });
        return { inputs: { 'registry-credentials': lines.join('\n') } };
      }),
  },
  {
    name: 'a token that does not cover the repository is reported as denied, not as absent',
    ways: everywhere,
    prepare: async (place) => {
      const made = await mirror(place);
      const password = place.azure.world.newSecret();
      made.source.scopeMapTokens.push({ username: 'other', password, repositories: ['team/other'] });
      return {
        inputs: { ...made.inputs, 'registry-credentials': `${made.source.loginServer} other ${password}` },
        env: { AZURE_POD_IDENTITY_AUTHORITY_HOST: place.azure.local.metadataService },
        check: async ({ host, report }) => {
          expect(host.passed).toBe(false);
          expect(report?.images.map(({ status }) => status)).toEqual(['unknown']);
          expect(await repositoriesIn(made.target)).toEqual([]);
        },
      };
    },
  },
  {
    name: 'an image is copied with access tokens that live for two seconds',
    ways: everywhere,
    prepare: (place) => {
      place.azure.world.behavior.accessTokenLife = 2;
      return arriving(place, (_, made) => secretLogin(place.azure, made));
    },
  },
  {
    name: 'an image is copied with a token that ends in the middle of a blob',
    ways: everywhere,
    prepare: async (place) => {
      const made = await arriving(place, (_, between) => secretLogin(place.azure, between));
      let refused = 0;
      place.azure.intercept((exchange) => {
        const isUpload = exchange.method === 'PUT' && exchange.url.pathname.includes('/blobs/uploads/');
        if (!isUpload || refused > 0) return undefined;
        refused += 1;
        const challenge = `Bearer realm="https://${exchange.host}/oauth2/token",service="${exchange.host}",scope="repository:team/web:pull,push",error="invalid_token"`;
        return json(
          401,
          { errors: [{ code: 'UNAUTHORIZED', message: 'authentication required' }] },
          { 'www-authenticate': challenge },
        );
      });
      return {
        ...made,
        check: async (...runs) => {
          expect(refused).toBe(1);
          await made.check(...runs);
        },
      };
    },
  },
  {
    name: 'one token for each scope is requested, however many requests want it at once',
    ways: everywhere,
    prepare: async (place) => {
      const made = await mirror(place);
      await writeFiles(join(place.work, 'charts', 'web'), podChart('team/web:1', { 'templates/more.yaml': more }));
      return {
        ...secretLogin(place.azure, made),
        inputs: { ...made.inputs, 'placeholder-registries': 'a, b, c' },
        check: async ({ host }) => {
          expect(host.passed ? '' : host.log).toBe('');
          expect(await digestIn(made.target, 'team/web:1')).toBe(image.digest);
          const asked = place.azure.recorded
            .filter((each) => lineOf(each) === `POST ${made.source.loginServer}/oauth2/token`)
            .map(({ body }) => new URLSearchParams(body.toString()).getAll('scope').join(' '));
          expect(asked.length).toBeGreaterThan(0);
          expect(new Set(asked).size).toBe(asked.length);
          const exchanges = place.azure.recorded.filter(
            (each) => lineOf(each) === `POST ${made.source.loginServer}/oauth2/exchange`,
          );
          expect(exchanges).toHaveLength(1);
        },
      };
    },
  },
];

/** The same image under other references, so that its repository is asked for several times at once. */
const more = ['a/team/web:1', 'b/team/web:1', 'c/team/web:1']
  .map((reference, index) =>
    [
      '---',
      'apiVersion: v1',
      'kind: Pod',
      `metadata: { name: more-${index} }`,
      `spec: { containers: [{ name: web, image: "${reference}" }] }`,
      '',
    ].join('\n'),
  )
  .join('');
