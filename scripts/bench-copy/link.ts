/**
 * A loopback stand-in for a network: delays every byte, bounds the rate of each connection, and counts HTTP requests.
 */
import type { Socket } from 'node:net';
import { type Relay, startRelay } from './relay.ts';

export interface LinkOptions {
  /**
   * Milliseconds for a way there and back; half of it each way, and one whole for the handshake of a new connection.
   */
  readonly roundTrip: number;
  /** Bytes per second of one connection in one direction; undefined means as fast as it goes. */
  readonly rate?: number | undefined;
}

export interface Link extends Relay {
  /** Requests seen so far, by method. */
  readonly requests: Map<string, number>;
  readonly connections: () => number;
}

/** Bytes on their way at once, as a window of TCP. */
const window = 4 * 1024 * 1024;

export async function startLink(to: string, { roundTrip, rate }: LinkOptions): Promise<Link> {
  const requests = new Map<string, number>();
  let connections = 0;
  const relay = await startRelay(to, {
    join: (near, far) => {
      connections += 1;
      carry(near, far, { delay: roundTrip / 2, first: roundTrip, rate });
      carry(far, near, { delay: roundTrip / 2, first: 0, rate });
    },
    onRequest: (method, address) => {
      if (address.startsWith('/v2/')) requests.set(method, (requests.get(method) ?? 0) + 1);
    },
  });
  return { ...relay, requests, connections: () => connections };
}

interface Way {
  readonly delay: number;
  readonly first: number;
  readonly rate: number | undefined;
}

function carry(from: Socket, to: Socket, { delay, first, rate }: Way): void {
  let free = performance.now() + first;
  let under = 0;
  // Timers of different lengths do not keep their order; whichever fires delivers what is next.
  const queue: (() => void)[] = [];
  const later = (bytes: number, work: () => void): void => {
    const now = performance.now();
    const starts = Math.max(now, free);
    free = rate === undefined ? starts : starts + (bytes / rate) * 1000;
    queue.push(work);
    const wait = free + delay - now;
    if (wait < 0.5 && queue.length === 1) queue.shift()?.();
    else setTimeout(() => queue.shift()?.(), wait);
  };
  from.on('data', (chunk: Buffer) => {
    under += chunk.length;
    if (under > window) from.pause();
    later(chunk.length, () => {
      under -= chunk.length;
      if (!to.destroyed) to.write(chunk);
      if (from.isPaused() && under <= window && to.writableLength <= window) from.resume();
    });
  });
  to.on('drain', () => {
    if (from.isPaused() && under <= window) from.resume();
  });
  from.on('end', () => later(0, () => to.end()));
}
