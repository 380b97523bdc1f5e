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
    await writeNamedFile(file, text, { called: 'The values file', kind: 'file', input: 'values-overlay' });
    log.info(`Wrote ${file}: as the last values file, it makes the chart use images from ${target}`);
  }
  for (const overlay of overlays) if (overlay.text === '') log.info(whyNoFile(overlay, target));
  return overlays.flatMap(({ chart, stuck }) =>
    stuck.map(
      ({ use, reason }): Finding => ({
        code: 'fixed-registry',
        severity: 'notice',
        message: `Cannot set ${use.image} (used in ${use.template} (${use.kind} ${use.name})) to ${target} with a value of ${chart.metadata.name}: ${reason}.`,
        advice: 'In the template, read the registry and the repository from separate values.',
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
      return `${name} needs no values file: it already uses images from ${target}`;
    case 'partly':
      return `${name} has no values file: it already uses images from ${target} where values control them`;
    case 'fixed':
      return `${name} has no values file: no value can set any of its images to ${target}`;
    case 'no-images':
      return `${name} has no values file: its templates contain no image`;
  }
}
