import { readdir, readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { ChartImagesError } from '../../../src/core/errors.ts';
import { findHelmOnPath } from '../../../src/helm/cli/helm-on-path.ts';
import { type HelmRenderContext, renderCharts } from '../../../src/helm/cli/render-charts.ts';
import { chartFiles, helms, writeFiles } from '../../support/charts.ts';
import { faultOf, faultsOf } from '../../support/faults.ts';
import { testFolder } from '../../support/folder.ts';
import { helmSetting, noOptions } from './helm-fixtures.ts';

const posix = process.platform !== 'win32';

async function oneChart(given: Partial<HelmRenderContext> = {}) {
  const { work, chart, access } = await helmSetting(given);
  await writeFiles(join(work, 'c'), chartFiles('c'));
  return { charts: [await chart('c')], access };
}

/** Charts `a` and `b` that no helm can render. */
async function brokenCharts() {
  const { work, chart, access } = await helmSetting();
  for (const name of ['a', 'b']) {
    await writeFiles(join(work, name), chartFiles(name, { 'templates/pod.yaml': '{{ fail "nobody can" }}' }));
  }
  return { charts: [await chart('a'), await chart('b')], access };
}

const noHelm = new ChartImagesError('helm-missing', 'There is no helm.', { advice: 'Install it.' });

/** A program by the name of helm that writes down its id each time it is started, and does not end by itself. */
async function endlessHelm() {
  const folder = await testFolder();
  const path = join(folder, 'helm');
  await writeFile(path, `#!/bin/sh\necho $$ >> '${folder}/ids'\nexec sleep 600\n`, { mode: 0o755 });
  const ids = async () => (await readFile(join(folder, 'ids'), 'utf8').catch(() => '')).split('\n').slice(0, -1);
  /** The ids of all that were started, once there are so many. */
  const started = async (atLeast = 1): Promise<readonly number[]> => {
    for (;;) {
      const known = await ids();
      if (known.length >= atLeast) return known.map(Number);
      await wait(10);
    }
  };
  return { folder, path, started };
}

const isAlive = (id: number) => {
  try {
    return process.kill(id, 0);
  } catch {
    return false;
  }
};

describe.each(helms)('a rendering that starts before the version of $title is known', ({ helm }) => {
  it('is the same as one begun afterwards', async () => {
    const { charts, access } = await oneChart();
    const ahead = { candidatePath: helm.path, verified: async () => await wait(50, helm) };
    expect(await renderCharts(ahead, charts, noOptions, access)).toEqual(
      await renderCharts(helm, charts, noOptions, access),
    );
  });

  it('fails for what the charts have wrong', async () => {
    const { charts, access } = await brokenCharts();
    const ahead = { candidatePath: helm.path, verified: async () => await wait(50, helm) };
    const errors = await faultsOf(renderCharts(ahead, charts, noOptions, access));
    expect(errors.map(({ code }) => code)).toEqual(['chart-render', 'chart-render']);
    expect(errors[0]?.message).toContain('nobody can');
  });

  it('fails for helm and not for the charts where no helm can be used, and says so once', async () => {
    const { charts, access } = await brokenCharts();
    const settled = async () => await wait(50).then(() => Promise.reject(noHelm));
    const fault = await faultOf(
      renderCharts({ candidatePath: helm.path, verified: settled }, charts, noOptions, access),
    );
    expect(fault).toBe(noHelm);
  });

  it.runIf(posix)('is made anew by the helm that is used instead, and leaves nothing behind', async () => {
    const { charts, access } = await oneChart();
    const endless = await endlessHelm();
    const settled = async () => {
      await endless.started();
      return helm;
    };
    const [rendering] = await renderCharts(
      { candidatePath: endless.path, verified: settled },
      charts,
      noOptions,
      access,
    );
    expect(rendering).toMatchObject({ helmVersion: helm.version });
    expect(rendering?.text).toContain('# Source: c/templates/pod.yaml');
    expect((await endless.started()).filter(isAlive)).toEqual([]);
    expect(await readdir(access.temporary)).toEqual([]);
  });

  it.runIf(posix)('is begun no further with a helm that is known not to be used', async () => {
    const { charts, access } = await oneChart();
    const endless = await endlessHelm();
    const settled = async () => {
      await endless.started();
      return helm;
    };
    const valueSets = Array.from({ length: 12 }, (_, index) => ({ name: `${index}`, valueFiles: [], set: [] }));
    const all = charts.map((each) => ({ ...each, valueSets }));
    expect(await renderCharts({ candidatePath: endless.path, verified: settled }, all, noOptions, access)).toHaveLength(
      12,
    );
    // As many as are rendered at once.
    expect((await endless.started()).length).toBeLessThanOrEqual(Math.max(2, availableParallelism()));
  });
});

describe('a rendering begun with a helm that cannot be used', () => {
  it.runIf(posix)('is stopped, and the error is about helm, not about the chart', async () => {
    const { charts, access } = await oneChart();
    const endless = await endlessHelm();
    const settled = async () => {
      await endless.started();
      throw noHelm;
    };
    const fault = await faultOf(
      renderCharts({ candidatePath: endless.path, verified: settled }, charts, noOptions, access),
    );
    expect(fault).toMatchObject({ code: 'helm-missing', message: 'There is no helm.' });
    expect((await endless.started()).filter(isAlive)).toEqual([]);
    expect(await readdir(access.temporary)).toEqual([]);
  });
});

describe('a run that is cancelled before the version of helm is known', () => {
  it.runIf(posix)('ends the helm that renders and the one that is asked', async () => {
    const cancelling = new AbortController();
    const { charts, access } = await oneChart({ signal: cancelling.signal });
    const endless = await endlessHelm();
    const environment = { ...process.env, PATH: `${endless.folder}:${process.env['PATH']}` };
    const { temporary, signal } = access;
    const settled = async () => (await findHelmOnPath({ environment, temporary, signal })) ?? Promise.reject(noHelm);
    const rendering = faultOf(
      renderCharts({ candidatePath: endless.path, verified: settled }, charts, noOptions, access),
    );
    expect((await endless.started(2)).filter(isAlive)).toHaveLength(2);
    cancelling.abort();
    expect(await rendering).toMatchObject({ code: 'cancelled' });
    expect((await endless.started()).filter(isAlive)).toEqual([]);
    expect(await readdir(temporary)).toEqual([]);
  });
});
