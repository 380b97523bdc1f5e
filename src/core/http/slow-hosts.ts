import { ChartImagesError } from '../errors.ts';

/** Stalls after which a host is given up: more than one bad minute of a registry under load. */
const startingCredit = 3;

/** Answers in time that make up for one stall. */
const answersForOne = 20;

interface Standing {
  readonly credit: number;
  /** When the last stall was counted, as performance.now() counts: what had begun by then is a part of it. */
  readonly stalledAt: number;
}

/** The hosts that let requests run out of time: one that does so with all would cost a deadline for each image, one after another. */
export interface SlowHosts {
  /** Throws `timeout` for a host that was given up in this run. */
  check(url: URL): void;
  /** `begun`: as performance.now() counts. A streamed body that is too slow is half a stall: it is gone on with. */
  count(url: URL, result: 'in time' | 'out of time' | 'slow body', begun: number): void;
}

export function createSlowHosts(): SlowHosts {
  const standings = new Map<string, Standing>();
  const unknown: Standing = { credit: startingCredit, stalledAt: Number.NEGATIVE_INFINITY };
  return {
    check({ host }) {
      if ((standings.get(host) ?? unknown).credit >= 1) return;
      throw new ChartImagesError(
        'timeout',
        `Cannot access ${host}: its answers ran out of time too often in this run.`,
        {
          advice: 'Try again later. If the problem persists, ask the operator of the server or of the network.',
        },
      );
    },
    count({ host }, result, begun) {
      const { credit, stalledAt } = standings.get(host) ?? unknown;
      if (result === 'in time')
        standings.set(host, { credit: Math.min(credit + 1 / answersForOne, startingCredit), stalledAt });
      else if (begun >= stalledAt)
        standings.set(host, { credit: credit - (result === 'slow body' ? 0.5 : 1), stalledAt: performance.now() });
    },
  };
}
