/** Where a finding about an image of a scene is reported. */
import { expect } from 'vitest';
import type { Finding, ReferencePart } from '../../../src/core/findings.ts';
import { locateAtValues } from '../../../src/values/provenance/locate-at-values.ts';
import type { Scene } from './provenance-fixtures.ts';

export function absent(image: string): Finding {
  return { code: 'absent', severity: 'error', message: `No source has ${image}.`, advice: 'Fix it.', image };
}

export async function place(
  { discovery, renderings, finder }: Scene,
  findings: readonly Finding[],
  part: ReferencePart | undefined,
): Promise<readonly Finding[]> {
  const about = findings.map((finding) => (part === undefined ? finding : { ...finding, part }));
  return await locateAtValues(about, discovery, renderings, finder);
}

export async function placed(scene: Scene, image: string, part?: ReferencePart): Promise<Finding | undefined> {
  expect(scene.discovery.images.map((one) => one.image)).toContain(image);
  const [finding] = await place(scene, [absent(image)], part);
  return finding;
}

/** `file:line`. */
export async function placeOf(scene: Scene, image: string, part?: ReferencePart): Promise<string> {
  const { file, line } = (await placed(scene, image, part)) ?? {};
  return [file, line].filter((value) => value !== undefined).join(':');
}
