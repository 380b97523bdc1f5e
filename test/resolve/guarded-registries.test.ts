import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formatReference } from '../../src/core/oci/registry-reference.ts';
import { type Credential, encodeBasic, noCredential } from '../../src/registry/credentials/credential.ts';
import type { Resolution } from '../../src/resolve/resolution.ts';
import { resolveImages } from '../../src/resolve/resolve.ts';
import { discovered, sourcesOf } from '../support/discovered.ts';
import { type Distribution, registryUser, startDistribution } from '../support/distribution.ts';
import { makeImage, pushImage } from '../support/images.ts';
import { untraced } from '../support/path-rules.ts';
import { openRegistries } from '../support/registries.ts';
import { startTokenServer, type TokenServer, type TokenServerOptions } from '../support/token-server.ts';

const image = await makeImage();
const otherDigest = (await makeImage({ seed: 'other' })).digest;
const robot: Credential = { kind: 'basic', ...registryUser };
const impostor: Credential = { kind: 'basic', username: registryUser.username, password: 'guess' };
const users = { [registryUser.username]: registryUser.password };
const basic = `Basic ${encodeBasic(registryUser.username, registryUser.password)}`;

async function look(host: string, images: readonly string[], credential: Credential) {
  const { registries } = await openRegistries({ credential });
  try {
    const found = images.map((text) => discovered(text));
    return await resolveImages(found, sourcesOf(host), registries, { concurrency: 4, pathRule: untraced });
  } finally {
    await registries.close();
  }
}

/** Without the host, whose port is another one in each run. */
function verdictOf(resolution: Resolution, host: string): string {
  const [looked] = resolution.lookups;
  const place = resolution.status === 'found' ? resolution.candidate : looked?.candidate;
  if (resolution.status === 'unknown') return `unknown: ${looked?.result === 'unknown' ? looked.error.code : ''}`;
  return `${resolution.status}: ${place ? formatReference(place.reference).replace(`${host}/`, '') : ''}`;
}

type Row = readonly [who: string, credential: Credential, image: string, verdict: string];

const known: readonly Row[] = [
  ['the right password', robot, 'core/a:1', 'found: a:1'],
  ['the right password', robot, 'a:1', 'found: a:1'],
  ['the right password', robot, `a@${image.digest}`, `found: a@${image.digest}`],
  ['the right password', robot, `a:9@${image.digest}`, `found: a:9@${image.digest}`],
  ['the right password', robot, 'a:2', 'absent: a:2'],
  ['the right password', robot, `a@${otherDigest}`, `absent: a@${otherDigest}`],
  ['the right password', robot, 'nothing:1', 'absent: nothing:1'],
  ['a wrong password', impostor, 'a:1', 'unknown: unauthorized'],
  ['a wrong password', impostor, 'nothing:1', 'unknown: unauthorized'],
];

describe('a registry with user names and passwords', () => {
  let registry: Distribution;
  beforeAll(async () => {
    registry = await startDistribution({ auth: 'htpasswd' });
    await pushImage(registry.url, 'a', '1', image, { authorization: basic });
  });
  afterAll(() => registry?.stop());

  test.each<Row>([
    ...known,
    ['no password', noCredential, 'a:1', 'unknown: unauthorized'],
    ['no password', noCredential, 'nothing:1', 'unknown: unauthorized'],
  ])('to someone with %s: %3$s', async (_, credential, text, verdict) => {
    const { resolutions } = await look(registry.host, [text], credential);
    expect(resolutions.map((resolution) => verdictOf(resolution, registry.host))).toEqual([verdict]);
  });
});

describe.each<[string, TokenServerOptions, readonly Row[]]>([
  [
    'that gives everyone a token to pull',
    { users },
    [
      ...known,
      ['no password', noCredential, 'a:1', 'found: a:1'],
      ['no password', noCredential, 'a:2', 'absent: a:2'],
      ['no password', noCredential, 'nothing:1', 'absent: nothing:1'],
    ],
  ],
  [
    'whose tokens are worth nothing without a password',
    { users, anonymous: 'nothing', field: 'access_token' },
    [
      ...known,
      ['no password', noCredential, 'a:1', 'unknown: unauthorized'],
      ['no password', noCredential, 'nothing:1', 'unknown: unauthorized'],
    ],
  ],
  [
    'that gives nobody a token without a password',
    { users, anonymous: 'refused' },
    [
      ['the right password', robot, 'a:1', 'found: a:1'],
      ['no password', noCredential, 'a:1', 'unknown: unauthorized'],
      ['no password', noCredential, 'nothing:1', 'unknown: unauthorized'],
    ],
  ],
  [
    'whose credentials see only one repository',
    { users, repositories: ['core/b'] },
    [
      ['the right password', robot, 'a:1', 'unknown: unauthorized'],
      ['the right password', robot, 'nothing:1', 'unknown: unauthorized'],
      // The other form, b:1, is refused; what is seen is taken.
      ['the right password', robot, 'core/b:1', 'found: core/b:1'],
      ['the right password', robot, 'core/b:2', 'unknown: unauthorized'],
      ['the right password', robot, 'r.example/core/b:1', 'found: core/b:1'],
      ['the right password', robot, 'r.example/core/b:2', 'absent: core/b:2'],
    ],
  ],
])('a registry with a token server %s', (_, options, rows) => {
  let tokens: TokenServer;
  let registry: Distribution;
  beforeAll(async () => {
    tokens = await startTokenServer(options);
    registry = await startDistribution({ auth: tokens });
    for (const [repository, tag] of [
      ['a', '1'],
      ['core/b', '1'],
    ] as const) {
      if (options.repositories?.includes(repository) === false) continue;
      await pushImage(registry.url, repository, tag, image, { authorization: await pushToken(tokens, repository) });
    }
  });
  afterAll(async () => {
    await registry?.stop();
    await tokens?.stop();
  });

  test.each(rows)('to someone with %s: %3$s', async (_, credential, text, verdict) => {
    const { resolutions } = await look(registry.host, [text], credential);
    expect(resolutions.map((resolution) => verdictOf(resolution, registry.host))).toEqual([verdict]);
  });

  test('one token for each repository and one question for each place are all it takes', async () => {
    const before = tokens.requests.length;
    await look(
      registry.host,
      ['r.example/core/b:1', `r.example/core/b:1@${image.digest}`, 'other.example/core/b:1'],
      robot,
    );
    expect(tokens.requests.slice(before).map(({ parameters }) => parameters.get('scope'))).toEqual([
      'repository:core/b:pull',
    ]);
  });
});

async function pushToken(tokens: TokenServer, repository: string): Promise<string> {
  const url = `${tokens.realm}?service=${tokens.service}&scope=repository:${repository}:pull,push`;
  const answer = await (await fetch(url, { headers: { authorization: basic } })).text();
  return `Bearer ${/"(?:access_)?token":"([^"]+)"/.exec(answer)?.[1]}`;
}
