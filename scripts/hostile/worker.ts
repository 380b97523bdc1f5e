/**
 * One process of the campaign: `worker.ts MODULE KIND SEED FROM TO FOLDER` tries the inputs FROM to below TO of a kind
 * of MODULE. It writes a line to its descriptor 3 before each (`s INDEX`), so that whoever watches knows which one it
 * is busy with, whatever it does, and one after each (`e INDEX OUTCOME`, or a fault as JSON); `m BYTES` is the most
 * memory that it had until then.
 */
import { writeSync } from 'node:fs';
import { judge } from './judge.ts';
import type { Kind } from './kind.ts';
import { randomOf } from './random.ts';

const [module = '', name = '', seed = '', from = '', to = '', folder = ''] = process.argv.slice(2);
// Named by the campaign, which knows its `kinds`.
const { kinds } = (await import(module)) as { readonly kinds: readonly Kind[] };
const kind = kinds.find((each) => each.name === name);
if (kind === undefined) throw new Error(`there is no kind "${name}"`);

/** Synchronous: a line that waits in this process would be lost with it. */
const write = (line: string): void => void writeSync(3, `${line}\n`);

const opened = await kind.open(folder);
/** Kibibytes: less is not worth a line. */
const step = 4096;
let most = 0;
for (let index = Number(from); index < Number(to); index += 1) {
  write(`s ${index}`);
  const judged = await judge(opened.make(randomOf(`${name}:${seed}:${index}`)));
  // Kibibytes.
  const memory = process.resourceUsage().maxRSS;
  if (memory > most + step) {
    write(`m ${memory * 1024}`);
    most = memory;
  }
  if (judged.fault !== undefined) write(`f ${index} ${JSON.stringify(judged)}`);
  else write(`e ${index} ${judged.outcome.replaceAll('\n', ' ')}`);
}
await opened.close?.();
write('d');
process.exit(0);
