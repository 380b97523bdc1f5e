import { type ChartImagesError, throwAll, toErrors } from '../errors.ts';

/**
 * Does the work for every item, at most so many at once, and gives the results in the order of the items. All items are
 * tried even when some fail, so that every error is reported in one run: a single one as it is, several as ChartImagesAggregateError.
 * A cancelled item ends the round: no further work is started, and only `cancelled` is thrown.
 */
export async function mapConcurrent<Item, Result>(
  items: readonly Item[],
  atMost: number,
  work: (item: Item, index: number) => Promise<Result>,
): Promise<readonly Result[]> {
  const results = new Map<number, Result>();
  const issues = new Map<number, readonly ChartImagesError[]>();
  let interruption: ChartImagesError | undefined;
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    // The workers share one iterator, so each takes the next free item.
    for (const [index, item] of queue) {
      if (interruption !== undefined) return;
      try {
        results.set(index, await work(item, index));
      } catch (thrown) {
        const errors = toErrors(thrown);
        interruption ??= errors.find((error) => error.code === 'cancelled');
        issues.set(index, errors);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atMost, items.length) }, worker));
  if (interruption !== undefined) throw interruption;
  // Items may share work, and so share its error: that is thrown once.
  throwAll([...new Set(inOrder(issues).flat())]);
  return inOrder(results);
}

function inOrder<Value>(byIndex: ReadonlyMap<number, Value>): readonly Value[] {
  return [...byIndex].sort(([a], [b]) => a - b).map(([, value]) => value);
}
