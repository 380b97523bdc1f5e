/**
 * A copy that is killed at any moment leaves nothing under a tag that is not whole, and the next run completes.
 * `KILLS=50` kills as often; the moments are spread over the requests to the target.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { toolPath } from '../../../scripts/tools.ts';
import { type Distribution, startDistribution } from '../../support/distribution.ts';
import { startFaultProxy } from '../../support/fault-proxy.ts';
import { testFolder } from '../../support/folder.ts';
import { makeImage, makeIndex, pushImage, type TestImage } from '../../support/images.ts';
import { outputOf } from '../../support/program.ts';
import { root } from '../../support/root.ts';

const kills = Number(process.env['KILLS'] ?? '6');
const repositories = ['one', 'two', 'three'];

let source: Distribution;
let images: readonly TestImage[];

beforeAll(async () => {
  source = await startDistribution();
  images = await Promise.all(
    repositories.map(async (seed) =>
      makeIndex([
        await makeImage({ seed, layers: [500_000, 2_000_000] }),
        await makeImage({ seed, platform: 'linux/arm64' }),
      ]),
    ),
  );
  for (const [number, image] of images.entries()) {
    await pushImage(source.url, repositories[number] ?? '', '1', image);
  }
});
afterAll(async () => {
  await source?.stop();
});

/** Copies; killed as soon as the target has been asked so often, or never. Tells how often it was asked. */
async function copy(target: Distribution, killAt?: number): Promise<number> {
  const door = await startFaultProxy(target.host, {
    fault: (_, asked) => {
      if (asked === killAt) child.kill('SIGKILL');
      return undefined;
    },
  });
  const task = join(await testFolder(), 'task.json');
  await writeFile(task, JSON.stringify({ source: source.host, target: door.host, repositories, concurrency: 16 }));
  const child = spawn(process.execPath, [join(root, 'scripts', 'bench-copy', 'ours.ts'), task], { stdio: 'ignore' });
  const [code, signal] = await once(child, 'exit');
  await door.stop();
  expect([code, signal]).toEqual(killAt === undefined ? [0, null] : [null, 'SIGKILL']);
  return door.requests.length;
}

/** Every tag that is there leads to the whole image: crane reads every byte of it. */
async function wholeTags(target: Distribution): Promise<number> {
  let whole = 0;
  for (const [number, image] of images.entries()) {
    const place = `${target.host}/${repositories[number]}`;
    const answer = await fetch(`http://${target.host}/v2/${repositories[number]}/manifests/1`, {
      headers: { accept: image.mediaType },
    });
    if (answer.status === 404) continue;
    expect(Buffer.from(await answer.arrayBuffer()).equals(image.bytes)).toBe(true);
    for (const child of image.children) {
      await outputOf(toolPath('crane'), ['validate', '--insecure', '--remote', `${place}@${child.digest}`]);
    }
    whole += 1;
  }
  return whole;
}

/** For each kill that was seen to the end: the images that it left whole under their tags. */
const left: number[] = [];
afterAll(() => {
  process.stdout.write(
    `${left.length} of ${kills} kills left no part under a tag and all of ${repositories.length} images after the next run; whole before it: ${left.join(' ')}\n`,
  );
});

test(`a copy that is killed ${kills} times never tags a part, and the next run completes`, async () => {
  const trial = await startDistribution();
  const length = await copy(trial);
  await trial.stop();
  for (let number = 1; number <= kills; number += 1) {
    const target = await startDistribution();
    await copy(target, Math.floor((length * (number - 1)) / kills));
    const before = await wholeTags(target);
    await copy(target);
    expect(await wholeTags(target)).toBe(images.length);
    left.push(before);
    await target.stop();
  }
}, 600_000);
