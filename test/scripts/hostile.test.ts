/** The short form of `npm run hostile`, and that the campaign sees what it counts. */
import { describe, expect, test } from 'vitest';
import { runCampaign } from '../../scripts/hostile/campaign.ts';
import { kinds } from '../../scripts/hostile/kinds.ts';
import { mutateBytes, mutateText } from '../../scripts/hostile/mutate-text.ts';
import { mutateTree } from '../../scripts/hostile/mutate-tree.ts';
import { secretsIn } from '../../scripts/hostile/planted.ts';
import { randomOf } from '../../scripts/hostile/random.ts';
import { strangeCommands } from '../../scripts/hostile/runner-commands.ts';
import { campaign } from '../../scripts/hostile.ts';
import { isWholeMatrix } from '../support/matrix.ts';
import { kinds as misbehaving } from './misbehaving-kinds.ts';

/** Inputs of the campaign. */
const count = isWholeMatrix ? 2000 : 600;

/** The promise is 20 seconds, which `npm run hostile` asks for; here other tests use the machine too. */
const longest = 120_000;

test('hostile inputs of every kind end without an internal error, a hang, 512 MiB of memory, a shown secret or an obeyed command', {
  timeout: 600_000,
}, async () => {
  const tallies = await campaign({ seed: 'short', count, whole: 4, charts: 'own', longest });
  expect(tallies.flatMap(({ failures }) => failures)).toEqual([]);
  expect(tallies.map(({ kind }) => kind)).toEqual([...kinds.map(({ name }) => name), 'whole-runs']);
  expect(tallies.reduce((sum, { inputs }) => sum + inputs, 0)).toBeGreaterThanOrEqual(count);
  // A kind whose inputs all come to the same end tries nothing.
  expect(tallies.filter(({ outcomes }) => outcomes.size < 2)).toEqual([]);
});

describe('a campaign sees', () => {
  test.each([
    ['internal', 'internal'],
    ['memory', 'memory'],
    ['secret', 'secret'],
    ['secret in an error', 'secret'],
    ['command', 'command'],
    ['ended', 'ended'],
    ['hang', 'hang'],
  ])('%s at the input that it is of, and goes on behind it', { timeout: 200_000 }, async (name, what) => {
    // A loop has to be waited for.
    const [tally] = await misbehave(name, what === 'hang' ? 3000 : longest);
    expect(tally?.failures.map((failure) => [failure.what, failure.index])).toEqual([[what, 2]]);
    expect(tally?.inputs).toBe(5);
  });

  test('an error of ours as no fault', async () => {
    const [tally] = await misbehave('nothing', longest);
    expect(tally?.failures).toEqual([]);
    expect(Object.fromEntries(tally?.outcomes ?? [])).toEqual({ well: 4, network: 1 });
  });
});

async function misbehave(name: string, longest: number) {
  const module = new URL('misbehaving-kinds.ts', import.meta.url).href;
  const chosen = misbehaving.filter((kind) => kind.name === name);
  return await runCampaign({
    module,
    longest,
    kinds: chosen.map((kind) => ({ kind, from: 0, to: 5 })),
    seed: 'any',
    atATime: 1,
    progress: () => {},
    env: {},
  });
}

describe('an input of a campaign', () => {
  const text = 'kind: Pod\nspec: {containers: [{image: "a/b:1"}]}\n';
  const tree = { a: [1, { b: 'c' }], d: { e: null } };

  test('is the same for the same seed, and another for another', () => {
    const make = (seed: string) => [mutateText(text, randomOf(seed)), JSON.stringify(mutateTree(tree, randomOf(seed)))];
    expect(make('a:1')).toEqual(make('a:1'));
    expect(make('a:1')).not.toEqual(make('a:2'));
  });

  test('is nearly always another than what it was made of, and never longer than 128 KiB', () => {
    const made = Array.from({ length: 500 }, (_, index) => mutateText(text, randomOf(`t:${index}`)));
    expect(made.filter((each) => each === text).length).toBeLessThan(50);
    expect(Math.max(...made.map((each) => each.length))).toBeLessThanOrEqual(128 * 1024);
  });

  test('is JSON where it is a tree, with keys that every object has among its own', () => {
    const made = Array.from({ length: 500 }, (_, index) => JSON.stringify(mutateTree(tree, randomOf(`j:${index}`))));
    for (const each of made) expect(JSON.stringify(JSON.parse(each))).toBe(each);
    expect(made.some((each) => each.includes('"__proto__"'))).toBe(true);
  });

  test('is not UTF-8 at times where it is a file', () => {
    const made = Array.from({ length: 200 }, (_, index) => mutateBytes(text, randomOf(`b:${index}`)));
    expect(made.some((bytes) => bytes.toString().includes('\ufffd'))).toBe(true);
  });
});

describe('of what was shown', () => {
  test('a secret is found in every form in which it could come out', () => {
    expect(secretsIn('nothing of it')).toEqual([]);
    expect(secretsIn('Pl4nted+pass/word=Zk7q')).toEqual(['password']);
    expect(secretsIn('password=Pl4nted%2Bpass%2Fword%3DZk7q')).toEqual(['password']);
    expect(secretsIn(Buffer.from('plantedUser:Pl4nted+pass/word=Zk7q').toString('base64'))).toContain('password');
  });

  test('a command is strange that is not of the form in which chart-images gives its own', () => {
    const own =
      '::error title=chart-images: absent,file=a.yaml,line=3::No source has it.\n::group::Charts\n::endgroup::\n';
    expect(strangeCommands(own)).toEqual([]);
    const strange = ['::error::pwned', '  ::set-output name=a::b', '##vso[task.complete]', 'x ##[error]a'];
    expect(strangeCommands(strange.join('\n'))).toEqual(strange);
  });
});
