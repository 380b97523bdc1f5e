/**
 * Moves each thing once, however many ask for it: resolves to the bytes that this call moved, 0 when another call did it
 * or does it now.
 */
export type SingleFlight = (key: string, move: () => Promise<number>) => Promise<number>;

export function createSingleFlight(): SingleFlight {
  const flights = new Map<string, Promise<number>>();
  return async (key, move) => {
    for (let running = flights.get(key); running !== undefined; running = flights.get(key)) {
      const completed = await running.then(
        () => true,
        () => false,
      );
      if (completed) return 0;
      // The other one may have failed for reasons of its own (another source): the first waiter tries again.
    }
    const flight = move();
    flights.set(key, flight);
    try {
      return await flight;
    } catch (error) {
      flights.delete(key);
      throw error;
    }
  };
}
