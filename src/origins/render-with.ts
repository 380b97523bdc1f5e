import { join } from 'node:path';
import type { ValueSet } from '../charts/chart.ts';
import { errorsOf } from '../errors.ts';
import { createTemporaryFolder } from '../files/temporary-folder.ts';
import { writeFileAtomically } from '../files/write-file.ts';
import type { Helm } from '../helm/helm.ts';
import { type RenderAccess, renderCharts } from '../helm/render-charts.ts';
import type { Rendering } from '../helm/rendering.ts';
import type { RenderOptions } from '../helm/template-arguments.ts';
import { silentLog } from '../log.ts';
import { type EffectiveValues, valueSetOf } from './effective-values.ts';
import { writeAssignment } from './set-assignment.ts';
import { type NewText, writeValuesForHelm } from './values-file.ts';

/** What a rendering is repeated with: the helm, the options and the access of the first one. */
export interface RenderTools {
  readonly helm: Helm;
  readonly template: RenderOptions;
  readonly access: RenderAccess;
}

export type Rerendering =
  | { readonly ok: true; readonly rendering: Rendering }
  /** Helm's own words why not. */
  | { readonly ok: false; readonly reason: string };

/**
 * Renders a chart once more with other texts for some of its values. The user's own `set` wins over value files, so
 * what it sets is changed by `--set` too. Errors: `cancelled`; every other fault is the reason.
 */
export async function renderWith(
  rendering: Rendering,
  values: EffectiveValues,
  texts: readonly NewText[],
  tools: RenderTools,
): Promise<Rerendering> {
  const bySet = texts.filter(({ leaf }) => leaf.source.kind === 'set');
  const file = await writeValuesForHelm(
    values.ofFiles,
    texts.filter((text) => !bySet.includes(text)),
  );
  return await renderWithFile(rendering, file, tools, bySet);
}

/** The same with the text of a value file, `''` for none. */
export async function renderWithFile(
  rendering: Rendering,
  fileText: string,
  tools: RenderTools,
  bySet: readonly NewText[] = [],
): Promise<Rerendering> {
  const valueSet = valueSetOf(rendering);
  const folder = await createTemporaryFolder(tools.access.temporary, 'values');
  const file = join(folder.path, 'values.yaml');
  try {
    if (fileText !== '') await writeFileAtomically(file, fileText);
    const changed: ValueSet = {
      name: valueSet.name,
      valueFiles: fileText === '' ? valueSet.valueFiles : [...valueSet.valueFiles, file],
      set: [...valueSet.set, ...bySet.map(({ leaf, text }) => writeAssignment({ keys: leaf.keys, text }))],
    };
    // What helm remarks of the chart was told when it was rendered first.
    const access = { ...tools.access, log: silentLog };
    const path = rendering.builtPath ?? rendering.chart.path;
    const chart = { ...rendering.chart, path, valueSets: [changed] };
    const [rerendered] = await renderCharts(tools.helm, [chart], tools.template, access);
    return rerendered === undefined
      ? { ok: false, reason: 'helm printed nothing' }
      : { ok: true, rendering: rerendered };
  } catch (thrown) {
    const errors = errorsOf(thrown);
    if (errors.some((error) => error.code === 'cancelled' || error.code === 'internal')) throw thrown;
    return { ok: false, reason: errors.map((error) => error.message).join('; ') };
  } finally {
    await folder.remove();
  }
}
