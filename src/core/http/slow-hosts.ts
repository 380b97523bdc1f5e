import { ChartImagesError } from '../errors.ts';

/** Time-outs until a host is blocked: more than one bad minute of a registry under load. */
const startingCredit = 3;

/** Responses in time that compensate for one time-out. */
const responsesPerCredit = 20;

interface HostState {
  readonly credit: number;
  /**
   * Time of the last counted time-out (performance.now()). Requests that started before it belong to the same
   * incident.
   */
  readonly stalledAt: number;
}

/** Blocks hosts with many time-outs, which would otherwise cost one deadline for each image. */
export interface SlowHosts {
  /** Throws `timeout` for a host that is blocked in this run. */
  check(url: URL): void;
  /** `startedAt`: performance.now(). A slow streamed body counts half, because its download is resumed. */
  count(url: URL, result: 'in time' | 'out of time' | 'slow body', startedAt: number): void;
}

export function createSlowHosts(): SlowHosts {
  const states = new Map<string, HostState>();
  const initial: HostState = { credit: startingCredit, stalledAt: Number.NEGATIVE_INFINITY };
  return {
    check({ host }) {
      if ((states.get(host) ?? initial).credit >= 1) return;
      throw new ChartImagesError('timeout', `Cannot access ${host}: its responses timed out too often in this run.`, {
        advice: 'Try again later. If the problem persists, ask the operator of the server or of the network.',
      });
    },
    count({ host }, result, startedAt) {
      const { credit, stalledAt } = states.get(host) ?? initial;
      if (result === 'in time')
        states.set(host, { credit: Math.min(credit + 1 / responsesPerCredit, startingCredit), stalledAt });
      else if (startedAt >= stalledAt)
        states.set(host, { credit: credit - (result === 'slow body' ? 0.5 : 1), stalledAt: performance.now() });
    },
  };
}
