import { writeFileAtomically } from '../files/write-file.ts';
import type { Finding } from '../findings.ts';
import type { Log } from '../log.ts';
import type { ChartOverlay } from './overlay.ts';
import { overlayFiles } from './overlay-files.ts';

/**
 * Writes the value files of a run and says of each chart what its file can do; `path` is absolute, `target` is how files and log
 * name it, namespace included. Images that no value can move become notices.
 */
export async function writeOverlays(
  overlays: readonly ChartOverlay[],
  path: string,
  target: string,
  log: Log,
): Promise<readonly Finding[]> {
  for (const { path: file, text } of overlayFiles(overlays, path, target)) {
    await writeFileAtomically(file, text);
    log.info(`Wrote ${file}: with it as the last value file the images come from ${target}`);
  }
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
