/** Programs that do what must never be, each at its third input, so that a campaign shows that it sees that. */
import type { Kind, Seen } from '../../scripts/hostile/kind.ts';
import { planted } from '../../scripts/hostile/planted.ts';
import { ObeyedCommand } from '../../scripts/hostile/runner-commands.ts';
import { ChartImagesError } from '../../src/core/errors.ts';

const well: Seen = { outcome: 'well', texts: ['nothing'] };

function misbehaving(name: string, misbehave: () => Promise<Seen>): Kind {
  return {
    name,
    share: 1,
    open: async () => {
      let inputs = 0;
      return {
        make: () => {
          inputs += 1;
          return { input: 'x', run: inputs === 3 ? misbehave : async () => well };
        },
      };
    },
  };
}

/** Nothing in the process that does this can see that it does. */
function loopForever(): never {
  for (;;);
}

export const kinds: readonly Kind[] = [
  misbehaving('internal', async () => {
    throw new TypeError('x is not a function');
  }),
  misbehaving('hang', async () => loopForever()),
  misbehaving('memory', async () => {
    const held = Array.from({ length: 9 }, () => Buffer.alloc(64 * 2 ** 20, 1));
    return { outcome: `held ${held.length}`, texts: [] };
  }),
  misbehaving('secret', async () => ({
    outcome: 'shown',
    texts: [`Basic ${Buffer.from(`u:${planted.password}`).toString('base64')}`],
  })),
  misbehaving('secret in an error', async () => {
    throw new ChartImagesError('network', 'It is down.', { advice: `Try ${encodeURIComponent(planted.password)}.` });
  }),
  misbehaving('command', async () => {
    throw new ObeyedCommand(['::set-output name=a::b']);
  }),
  misbehaving('ended', async () => process.exit(0)),
  misbehaving('nothing', async () => {
    throw new ChartImagesError('network', 'It is down.', { advice: 'Start it.' });
  }),
];
