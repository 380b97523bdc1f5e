import { type ChartImagesError, throwAll, toErrors } from '../errors.ts';

/**
 * Runs the work for every item, at most `maximum` at once. Returns the results in the order of the items. Runs all
 * items even if some fail, and throws one error, or several as ChartImagesAggregateError. Throws only `cancelled` if an
 * item is canceled.
 */
export async function mapConcurrent<Item, Result>(
  items: readonly Item[],
  maximum: number,
  work: (item: Item, index: number) => Promise<Result>,
): Promise<readonly Result[]> {
  const results = new Map<number, Result>();
  const errorsByIndex = new Map<number, readonly ChartImagesError[]>();
  let cancellation: ChartImagesError | undefined;
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    // The workers share one iterator, so each takes the next free item.
    for (const [index, item] of queue) {
      if (cancellation !== undefined) return;
      try {
        results.set(index, await work(item, index));
      } catch (thrown) {
        const errors = toErrors(thrown);
        cancellation ??= errors.find((error) => error.code === 'cancelled');
        errorsByIndex.set(index, errors);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(maximum, items.length) }, worker));
  if (cancellation !== undefined) throw cancellation;
  // Items that share work share its error, which is thrown once.
  throwAll([...new Set(inOrder(errorsByIndex).flat())]);
  return inOrder(results);
}

function inOrder<Value>(byIndex: ReadonlyMap<number, Value>): readonly Value[] {
  return [...byIndex].sort(([a], [b]) => a - b).map(([, value]) => value);
}
