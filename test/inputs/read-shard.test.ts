import { describe, expect, test } from 'vitest';
import { readShard } from '../../src/inputs/read-shard.ts';
import { faultOf } from './expect-error.ts';

const target = 't.example/mirror';

describe('shard', () => {
  test('is one part of a whole, counted from 1', () => {
    expect(readShard({ shard: '2/5', target })).toEqual({ index: 2, total: 5 });
    expect(readShard({ shard: '5 / 5', target })).toEqual({ index: 5, total: 5 });
    expect(readShard({ target })).toBeUndefined();
  });

  test('is taken from the jobs of a matrix only when it says auto', () => {
    expect(readShard({ shard: 'auto', target, 'job-position': '0/3' })).toEqual({ index: 1, total: 3 });
    expect(readShard({ shard: '1/2', target, 'job-position': '2/3' })).toEqual({ index: 1, total: 2 });
    expect(readShard({ target, 'job-position': '2/3' })).toBeUndefined();
  });

  test.each(['0/5', '6/5', '1/0', '1/257', 'two', '1 of 5', '-1/5', '1/5/9'])('is not %s', async (shard) => {
    const { code, message, advice } = await faultOf(async () => readShard({ shard, target }));
    expect(code).toBe('invalid-input');
    expect(message).toContain(shard);
    expect(advice).toContain('2/5');
  });

  test('cannot be auto where nothing says which job this is', async () => {
    for (const position of [{}, { 'job-position': '/' }, { 'job-position': '3/3' }]) {
      const { code } = await faultOf(async () => readShard({ shard: 'auto', target, ...position }));
      expect(code).toBe('missing-input');
    }
  });

  test('divides the copies to a registry and nothing else', async () => {
    expect((await faultOf(async () => readShard({ shard: '1/2' }))).code).toBe('missing-input');
    expect((await faultOf(async () => readShard({ shard: '1/2', target: 'artifact-store' }))).code).toBe(
      'invalid-input',
    );
  });
});
