/** What became of one input, by the rules of the campaign. */
import { toErrors } from '../../src/core/errors.ts';
import { FailedRun } from './failed-run.ts';
import type { Made } from './kind.ts';
import { secretsIn } from './planted.ts';
import { ObeyedCommand } from './runner-commands.ts';

/** What must never be. `hang`, `memory` and `ended` are seen from outside of the process. */
export const faults = ['internal', 'hang', 'memory', 'secret', 'command', 'ended'] as const;
export type Fault = (typeof faults)[number];

export interface Judged {
  readonly outcome: string;
  readonly fault?: { readonly what: Fault; readonly detail: string };
}

/** Gives the input to the program and looks at what it threw and showed. */
export async function judge({ run }: Made): Promise<Judged> {
  try {
    const { outcome, texts } = await run();
    return leaked(outcome, texts) ?? { outcome };
  } catch (thrown) {
    if (thrown instanceof ObeyedCommand)
      return { outcome: 'command', fault: { what: 'command', detail: thrown.message } };
    const said = thrown instanceof FailedRun ? thrown.texts : [];
    const errors = toErrors(thrown instanceof FailedRun ? thrown.thrown : thrown);
    const outcome = [...new Set(errors.map(({ code }) => code))].sort().join('+');
    const internal = errors.find(({ code }) => code === 'internal');
    if (internal !== undefined) return { outcome, fault: { what: 'internal', detail: stackOf(internal.cause) } };
    return (
      leaked(outcome, [
        ...said,
        ...errors.flatMap((error) => [error.message, error.advice, JSON.stringify(error.location ?? null)]),
      ]) ?? { outcome }
    );
  }
}

function leaked(outcome: string, texts: readonly string[]): Judged | undefined {
  for (const text of texts) {
    const [name] = secretsIn(text);
    if (name === undefined) continue;
    return {
      outcome,
      fault: { what: 'secret', detail: `the planted ${name} is in ${JSON.stringify(text.slice(0, 300))}` },
    };
  }
  return undefined;
}

function stackOf(thrown: unknown): string {
  return (thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)).slice(0, 1500);
}
