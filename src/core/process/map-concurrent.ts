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
  const { results, errors } = await settleConcurrent(items, maximum, work);
  throwAll(errors);
  return results;
}

/** Both in the order of the items. */
export interface Settled<Item, Result> {
  readonly results: readonly Result[];
  /** Items that share work share its error, which is listed once. */
  readonly errors: readonly ChartImagesError[];
  readonly failed: readonly Item[];
}

/** As `mapConcurrent`, but returns the errors next to the results. Throws only `cancelled`. */
export async function settleConcurrent<Item, Result>(
  items: readonly Item[],
  maximum: number,
  work: (item: Item, index: number) => Promise<Result>,
): Promise<Settled<Item, Result>> {
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
  return {
    results: inOrder(results),
    errors: [...new Set(inOrder(errorsByIndex).flat())],
    failed: items.filter((_, index) => errorsByIndex.has(index)),
  };
}

function inOrder<Value>(byIndex: ReadonlyMap<number, Value>): readonly Value[] {
  return [...byIndex].sort(([a], [b]) => a - b).map(([, value]) => value);
}
