import { writeNamedFile } from '../../core/files/write-file.ts';
import type { Finding } from '../../core/findings.ts';
import type { Log } from '../../core/log.ts';
import type { ChartOverlay } from './overlay.ts';
import { overlayFiles } from './overlay-files.ts';

/**
 * Writes the value files of a run and says of each chart what its file can do, or why it has none; `path` is absolute, `target` is how files and log
 * name it, namespace included. Images that no value can move become notices. Throws `invalid-input`.
 */
export async function writeOverlays(
  overlays: readonly ChartOverlay[],
  path: string,
  target: string,
  log: Log,
): Promise<readonly Finding[]> {
  for (const { path: file, text } of overlayFiles(overlays, path, target)) {
    await writeNamedFile(file, text, { label: 'the values file', kind: 'file', input: 'values-overlay' });
    log.info(`Wrote ${file}: with it as the last value file the images come from ${target}`);
  }
  for (const overlay of overlays) if (overlay.text === '') log.info(whyNoFile(overlay, target));
  return overlays.flatMap(({ chart, stuck }) =>
    stuck.map(
      ({ use, reason }): Finding => ({
        code: 'fixed-registry',
        severity: 'notice',
        message: `No value of ${chart.metadata.name} moves ${use.image}, used in ${use.template} (${use.kind} ${use.name}), to ${target}: ${reason}.`,
        advice: 'Let the template print a value of its own where the registry and the repository stand.',
        image: use.image,
        part: 'registry',
      }),
    ),
  );
}

function whyNoFile({ chart, movability }: ChartOverlay, target: string): string {
  const { name } = chart.metadata;
  switch (movability) {
    case 'movable':
      return `${name} needs no value file: its images come from ${target} as it is`;
    case 'partly':
      return `${name} has no value file: those of its images that can come from ${target} do so as it is`;
    case 'fixed':
      return `${name} has no value file: no value moves any of its images to ${target}`;
    case 'no-images':
      return `${name} has no value file: its templates print no image`;
  }
}
