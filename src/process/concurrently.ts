import { type ChartImagesError, errorsOf, throwTogether } from '../errors.ts';

/**
 * Does the work for every item, at most so many at once, and gives the results in the order of the items. All items are
 * tried even when some fail, so that every fault is told in one run: a single one as it is, several as ChartImagesErrors.
 * A cancelled item ends the round: no further work is started, and only `cancelled` is told.
 */
export async function concurrently<Item, Result>(
  items: readonly Item[],
  atMost: number,
  work: (item: Item, index: number) => Promise<Result>,
): Promise<readonly Result[]> {
  const results = new Map<number, Result>();
  const faults = new Map<number, readonly ChartImagesError[]>();
  let interruption: ChartImagesError | undefined;
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    // The workers share one iterator, so each takes the next item nobody has.
    for (const [index, item] of queue) {
      if (interruption !== undefined) return;
      try {
        results.set(index, await work(item, index));
      } catch (thrown) {
        const errors = errorsOf(thrown);
        interruption ??= errors.find((error) => error.code === 'cancelled');
        faults.set(index, errors);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atMost, items.length) }, worker));
  if (interruption !== undefined) throw interruption;
  // Items may share work, and so share its fault: that is told once.
  throwTogether([...new Set(inOrder(faults).flat())]);
  return inOrder(results);
}

function inOrder<Value>(byIndex: ReadonlyMap<number, Value>): readonly Value[] {
  return [...byIndex].sort(([a], [b]) => a - b).map(([, value]) => value);
}
