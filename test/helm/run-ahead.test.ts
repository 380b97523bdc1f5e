import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { ChartImagesError } from '../../src/errors.ts';
import { renderCharts } from '../../src/helm/render-charts.ts';
import { chartFiles, helms, writeFiles } from '../support/charts.ts';
import { faultOf } from '../support/faults.ts';
import { testFolder } from '../support/folder.ts';
import { helmSetting, noOptions } from './setting.ts';

const posix = process.platform !== 'win32';

async function oneChart() {
  const { work, chart, access } = await helmSetting();
  await writeFiles(join(work, 'c'), chartFiles('c'));
  return { charts: [await chart('c')], access };
}

/** A program by the name of helm that writes down its id and does not end by itself. */
async function endlessHelm() {
  const folder = await testFolder();
  const path = join(folder, 'helm');
  await writeFile(path, `#!/bin/sh\necho $$ > '${folder}/id'\nexec sleep 600\n`, { mode: 0o755 });
  const started = async (): Promise<number> => {
    for (;;) {
      const id = Number(await readFile(join(folder, 'id'), 'utf8').catch(() => '0'));
      if (id > 0) return id;
      await wait(10);
    }
  };
  return { path, started };
}

const isAlive = (id: number) => {
  try {
    return process.kill(id, 0);
  } catch {
    return false;
  }
};

describe.each(helms)('a rendering begun before $title has told its version', ({ helm }) => {
  it('is the same as one begun afterwards', async () => {
    const { charts, access } = await oneChart();
    const ahead = { likely: helm.path, settled: async () => await wait(50, helm) };
    expect(await renderCharts(ahead, charts, noOptions, access)).toEqual(
      await renderCharts(helm, charts, noOptions, access),
    );
  });

  it.runIf(posix)('is made anew by the helm that is used instead, and leaves nothing behind', async () => {
    const { charts, access } = await oneChart();
    const endless = await endlessHelm();
    const settled = async () => {
      await endless.started();
      return helm;
    };
    const [rendering] = await renderCharts({ likely: endless.path, settled }, charts, noOptions, access);
    expect(rendering).toMatchObject({ helmVersion: helm.version });
    expect(rendering?.text).toContain('# Source: c/templates/pod.yaml');
    expect(isAlive(await endless.started())).toBe(false);
    expect(await readdir(access.temporary)).toEqual([]);
  });
});

describe('a rendering begun with a helm that can not be used', () => {
  it.runIf(posix)('is ended, and what is wrong with helm is told, not of the chart', async () => {
    const { charts, access } = await oneChart();
    const endless = await endlessHelm();
    const settled = async () => {
      await endless.started();
      throw new ChartImagesError('helm-missing', 'There is no helm.', { advice: 'Install it.' });
    };
    const fault = await faultOf(renderCharts({ likely: endless.path, settled }, charts, noOptions, access));
    expect(fault).toMatchObject({ code: 'helm-missing', message: 'There is no helm.' });
    expect(isAlive(await endless.started())).toBe(false);
    expect(await readdir(access.temporary)).toEqual([]);
  });
});
