/** Runs one operation per key. Resolves to the bytes that this call moved: 0 if another call did or does it. */
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
      // The other call may have failed because of its source, so the first waiter tries again.
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
