import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { cancelledError } from '../../src/core/errors.ts';
import { discover } from '../../src/discovery/discover.ts';
import { discoverInTurns } from '../../src/discovery/discover-in-turns.ts';
import { faultOf } from '../support/faults.ts';
import { document, imagesOf, rendered } from './rendered.ts';

const { signal } = new AbortController();

/** Within all bounds, and longer than the main thread may be busy with one document. */
const slow = document(`kind: Widget\nimage: slow:1\nlist:\n${'- [a,b]\n'.repeat(35_000)}`, 'shop/templates/slow.yaml');
const pod = document('kind: Pod\nspec: {containers: [{image: "next:1"}]}', 'shop/templates/z.yaml');

describe('discovery in turns', () => {
  it('finds what discovery in one go finds, in documents of every size', async () => {
    const renderings = [rendered(pod + slow + pod.repeat(250)), rendered(pod)];
    const found = await discoverInTurns(renderings, signal);
    expect(found).toEqual(discover(renderings));
    expect(imagesOf(found)).toEqual(['certain next:1', 'embedded slow:1']);
  });

  it('lets timers and signals through while a chart keeps it busy', async () => {
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 10);
    await discoverInTurns([rendered(slow.repeat(2))], signal);
    clearInterval(timer);
    // In one go there is no turn at all.
    expect(turns).toBeGreaterThan(4);
  });

  it('lets go of the document that it reads when the run is cancelled', async () => {
    const cancel = new AbortController();
    const running = faultOf(discoverInTurns([rendered(slow.repeat(50))], cancel.signal));
    await wait(200);
    cancel.abort(cancelledError());
    expect(await running).toMatchObject({ code: 'cancelled' });
  });

  it('lets go between millions of empty documents when the run is cancelled', async () => {
    const cancel = new AbortController();
    setTimeout(() => cancel.abort(cancelledError()), 50);
    const running = faultOf(discoverInTurns([rendered('---\n'.repeat(3_000_000))], cancel.signal));
    expect(await running).toMatchObject({ code: 'cancelled' });
  });
});
