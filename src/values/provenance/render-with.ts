import { join } from 'node:path';
import { toErrors } from '../../core/errors.ts';
import { createTemporaryFolder } from '../../core/files/temporary-folder.ts';
import { writeFileAtomically } from '../../core/files/write-file.ts';
import { silentLog } from '../../core/log.ts';
import type { ValueSet } from '../../helm/charts/chart.ts';
import type { Helm } from '../../helm/cli/helm.ts';
import { type HelmRenderContext, renderCompleted } from '../../helm/cli/render-charts.ts';
import type { Rendering } from '../../helm/cli/rendering.ts';
import type { RenderOptions } from '../../helm/cli/template-arguments.ts';
import { type EffectiveValues, valueSetOf } from '../tree/effective-values.ts';
import { writeAssignment } from '../tree/set-assignment.ts';
import { serializeForHelm, type ValueEdit } from '../tree/values-file.ts';

/** Helm, options, and context of the first rendering. */
export interface RenderContext {
  readonly helm: Helm;
  readonly template: RenderOptions;
  readonly access: HelmRenderContext;
}

export type RerenderResult =
  | { readonly ok: true; readonly rendering: Rendering }
  /** Error message of helm. */
  | { readonly ok: false; readonly reason: string };

/**
 * Renders a chart with edited values. Values of the input `set` override files, so they are changed with `--set`.
 * Errors: `cancelled`; other errors are the reason.
 */
export async function renderWith(
  rendering: Rendering,
  values: EffectiveValues,
  texts: readonly ValueEdit[],
  tools: RenderContext,
): Promise<RerenderResult> {
  const bySet = texts.filter(({ leaf }) => leaf.source.kind === 'set');
  const file = await serializeForHelm(
    values.ofFiles,
    texts.filter((text) => !bySet.includes(text)),
  );
  return await renderWithFile(rendering, file, tools, bySet);
}

/** Renders with the content of a values file, empty for none. */
export async function renderWithFile(
  rendering: Rendering,
  fileText: string,
  tools: RenderContext,
  bySet: readonly ValueEdit[] = [],
): Promise<RerenderResult> {
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
    // Warnings of helm were logged by the first rendering.
    const access = { ...tools.access, log: silentLog };
    const path = rendering.dependencyCopyPath ?? rendering.chart.path;
    const chart = { ...rendering.chart, path, valueSets: [changed] };
    const [rerendered] = await renderCompleted(tools.helm, [chart], tools.template, access);
    return rerendered === undefined
      ? { ok: false, reason: 'helm printed nothing' }
      : { ok: true, rendering: rerendered };
  } catch (thrown) {
    const errors = toErrors(thrown);
    if (errors.some((error) => error.code === 'cancelled' || error.code === 'internal')) throw thrown;
    return { ok: false, reason: errors.map((error) => error.message).join('; ') };
  } finally {
    await folder.remove(tools.access.log);
  }
}
