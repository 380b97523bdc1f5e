import { parse } from 'node:path';
import { toPosixPath } from '../../core/files/display-path.ts';
import type { ChartOverlay } from './overlay.ts';

/** A value file to write. */
export interface OverlayFile {
  readonly path: string;
  readonly text: string;
}

/**
 * The files of a run's overlays: the one that was asked for, or, of several charts, one beside it for each chart with
 * something to set (`overlay.yaml` becomes `overlay-contoso.yaml`): helm gives a chart only its own values.
 * `target` is how the first line names where images come from.
 */
export function overlayFiles(overlays: readonly ChartOverlay[], path: string, target: string): readonly OverlayFile[] {
  const { dir, name, ext } = parse(path);
  const names = new Set<string>();
  return overlays.flatMap(({ chart, text }) => {
    if (text === '') return [];
    const file =
      overlays.length === 1
        ? path
        : `${dir === '' ? '' : `${dir}/`}${unique(`${name}-${chart.metadata.name}`, names)}${ext}`;
    const head = `# Made by chart-images: as the last value file of ${chart.metadata.name} it takes the images from ${target}.\n`;
    return [{ path: toPosixPath(file), text: head + text }];
  });
}

/** A run may have two charts of one name. */
function unique(name: string, taken: Set<string>): string {
  let free = name;
  for (let count = 2; taken.has(free); count += 1) free = `${name}-${count}`;
  taken.add(free);
  return free;
}
