import type { SourceLocation } from '../../core/errors.ts';
import type { Finding } from '../../core/findings.ts';
import { atUse, type Discovery, type ImageUse } from '../../discovery/image-use.ts';
import { shownChart } from '../../helm/charts/namesakes.ts';
import type { Rendering } from '../../helm/cli/rendering.ts';
import { formatUse } from '../../resolve/use-text.ts';
import type { UseProvenance } from '../provenance/provenance.ts';
import { partSpans } from '../provenance/reference-parts.ts';
import type { RenderContext } from '../provenance/render-with.ts';
import { RetryingRenderer } from '../provenance/retrying-renderer.ts';
import { templatedUses, type ValueTracer } from '../provenance/trace-values.ts';
import { formatValuePath, locateValue } from '../tree/scalar-value.ts';
import { type EmptyValue, probeRegistryValues, registrySlots } from './empty-value-probe.ts';

/** Whether one value is exactly the registry of a use, so that AOSM can overwrite it. */
export type RegistryControl =
  | {
      readonly use: ImageUse;
      readonly by: 'value';
      readonly valuePath: string;
      /** Where the value is, if it is empty. */
      readonly emptyAt?: SourceLocation | undefined;
    }
  /** Clause with the reason if there is none. */
  | { readonly use: ImageUse; readonly by: 'nothing'; readonly reason: string };

/** Values that AOSM must overwrite to redirect the images of one chart and value set. */
export interface RegistryValues {
  readonly rendering: Rendering;
  /** Unique, in the order of the uses. */
  readonly paths: readonly string[];
  readonly controls: readonly RegistryControl[];
}

/**
 * Finds registry values. Uses without one are checked for an empty value with one more rendering. Errors: `cancelled`.
 */
export async function findRegistryValues(
  rendering: Rendering,
  discovery: Discovery,
  finder: ValueTracer,
  tools: RenderContext,
): Promise<RegistryValues> {
  const { values, uses, permissions } = await finder.originsOf(rendering, discovery);
  const origins = uses.filter(({ use }) => templatedUses([use]).length > 0);
  const direct = origins.map((origin) => ({ origin, control: registryControl(origin, undefined) }));
  const renderer = new RetryingRenderer(rendering, values, tools, permissions);
  const isOpen = direct.some(({ control }) => control.by === 'nothing');
  const all = origins.map(({ use }) => use);
  const assigned = await probeRegistryValues(all, isOpen ? registrySlots(values.root) : [], renderer);
  const controls = direct.map(({ origin, control }) => {
    const slot = assigned.get(origin.use);
    return control.by === 'value' || slot === undefined ? control : registryControl(origin, slot);
  });
  const paths = controls.flatMap((control) => (control.by === 'value' ? [control.valuePath] : []));
  return { rendering, paths: [...new Set(paths)], controls };
}

/** Errors: `cancelled`. */
export async function findAllRegistryValues(
  renderings: readonly Rendering[],
  discovery: Discovery,
  finder: ValueTracer,
  tools: RenderContext,
): Promise<readonly RegistryValues[]> {
  return await Promise.all(renderings.map((rendering) => findRegistryValues(rendering, discovery, finder, tools)));
}

/** Pure. */
export function registryControl({ use, segments }: UseProvenance, slot: EmptyValue | undefined): RegistryControl {
  const registry = partSpans(use.image).registry;
  const head = registry === undefined ? '' : use.image.slice(0, registry.end);
  const behind = registry === undefined ? use.image : use.image.slice(registry.end + 1);
  if (slot?.kind === 'registry' && slot.rest === behind)
    return { use, by: 'value', valuePath: formatValuePath(slot.leaf.keys), emptyAt: locateValue(slot.leaf) };
  if (head === '') {
    const reason = registry === undefined ? 'it has no registry' : 'its registry is empty, and no value sets it';
    return { use, by: 'nothing', reason };
  }
  const source = segments[0]?.source;
  if (source?.from !== 'value') return { use, by: 'nothing', reason: `the template hard-codes the registry ${head}` };
  const text = source.leaf.text;
  if (text === head || text === `${head}/`) return { use, by: 'value', valuePath: source.valuePath };
  return { use, by: 'nothing', reason: `the value ${source.valuePath} contains more than the registry ${head}` };
}

/** One notice per chart and image that no value can redirect, at its first use. */
export function fixedRegistryFindings(values: readonly RegistryValues[]): readonly Finding[] {
  const fixed = new Map<string, Finding>();
  for (const { controls, rendering } of values) {
    for (const control of controls) {
      const { use } = control;
      const key = JSON.stringify([use.chartPath, use.image]);
      if (control.by === 'value' || fixed.has(key)) continue;
      fixed.set(key, {
        code: 'fixed-registry',
        severity: 'notice',
        message: `Cannot redirect ${use.image} (used in ${formatUse(use)}) with a value of ${shownChart(rendering.chart)}: ${control.reason}.`,
        advice:
          'Only the older method of AOSM needs such a value (registryValuesPaths): read the registry from a separate value in the template, or use injectArtifactStoreDetails, whose webhook replaces any registry.',
        part: 'registry',
        ...atUse(use),
      });
    }
  }
  return [...fixed.values()];
}
