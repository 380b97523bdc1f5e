import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { ChartImagesError, cancelledError } from '../../../src/core/errors.ts';
import { mapConcurrent } from '../../../src/core/process/map-concurrent.ts';
import { faultsOf } from '../../support/faults.ts';

const broken = (name: string) => new ChartImagesError('chart-render', name, { advice: 'Fix it.' });

describe('doing several things at once', () => {
  it('gives the results in the order of the items, never more at once than allowed', async () => {
    let running = 0;
    let most = 0;
    const results = await mapConcurrent([30, 1, 20, 2, 10], 2, async (milliseconds) => {
      running += 1;
      most = Math.max(most, running);
      await wait(milliseconds);
      running -= 1;
      return milliseconds;
    });
    expect(results).toEqual([30, 1, 20, 2, 10]);
    expect(most).toBe(2);
  });

  it('runs all items and throws every error once, in order', async () => {
    const shared = broken('shared');
    const tried: number[] = [];
    const faults = await faultsOf(
      mapConcurrent([0, 1, 2, 3], 2, async (item) => {
        tried.push(item);
        if (item === 1) throw broken('one');
        if (item > 1) throw shared;
      }),
    );
    expect(faults.map((fault) => fault.message)).toEqual(['one', 'shared']);
    expect(tried).toEqual([0, 1, 2, 3]);
  });

  it('starts no further work after a cancellation, and throws only cancelled', async () => {
    const tried: number[] = [];
    const faults = await faultsOf(
      mapConcurrent([0, 1, 2], 1, async (item) => {
        tried.push(item);
        throw item === 1 ? cancelledError() : broken('zero');
      }),
    );
    expect(faults.map((fault) => fault.code)).toEqual(['cancelled']);
    expect(tried).toEqual([0, 1]);
  });
});
