/**
 * Moves each thing once, however many ask for it: resolves to the bytes that this call moved, 0 when another call did it
 * or does it now.
 */
export type MoveOnce = (key: string, move: () => Promise<number>) => Promise<number>;

export function createFlights(): MoveOnce {
  const flights = new Map<string, Promise<number>>();
  return async (key, move) => {
    for (let running = flights.get(key); running !== undefined; running = flights.get(key)) {
      const landed = await running.then(
        () => true,
        () => false,
      );
      if (landed) return 0;
      // The other one may have failed for reasons of its own (another source): whoever comes first tries again.
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
