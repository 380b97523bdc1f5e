import { resolve } from 'node:path';
import { ChartImagesError, type ErrorCode } from '../core/errors.ts';
import type { Finding } from '../core/findings.ts';
import type { Host } from '../hosts/host.ts';
import { readSettings } from '../inputs/read-settings.ts';
import type { Settings } from '../inputs/settings.ts';
import type { BaseCheckout } from '../resolve/diff/base-checkout.ts';
import { type BaseRef, resolveBaseRef } from '../resolve/diff/base-ref.ts';

/** The settings and rules for a run that checks a change. */
export interface SettledRules {
  /** With the rules of the base, if it could be read. */
  readonly settings: Settings;
  /** Undefined if there is no base, or it could not be read. */
  readonly base: BaseCheckout | undefined;
  /** Why there is no base although the user asked for a comparison. */
  readonly unbased?: string | undefined;
  readonly findings: readonly Finding[];
}

/**
 * Selects the rules of the base or of the change. If the base of the host cannot be read, the rules of the change
 * apply, and a finding reports it. Throws the errors of `openBaseCheckout` (only for a base that the user specified)
 * and `readSettings`.
 */
export async function settleRules(own: Settings, host: Host, signal: AbortSignal): Promise<SettledRules> {
  const { log, folders, inputs } = host;
  let name: BaseRef | undefined;
  let base: BaseCheckout;
  try {
    name = await resolveBaseRef(own.baseRef, process.env);
    if (name === undefined) {
      const unbased = unbasedReason(own);
      if (unbased !== undefined) log.warning(`Not compared with a base, because ${unbased}.`);
      return { settings: own, base: undefined, unbased, findings: [] };
    }
    base = await openBase(name, own, host, signal);
  } catch (error) {
    const isOurs = error instanceof ChartImagesError && !endsTheRun.includes(error.code);
    if (!isOurs || name?.givenBy === 'input') throw error;
    log.warning(`${error.message} ${error.advice} Every finding counts as new.`);
    return { settings: own, base: undefined, findings: [noBase(error)] };
  }
  if (base.inexact !== undefined) log.warning(`The charts are compared with ${base.inexact}.`);
  const { readBaseRules } = await import('../inputs/base-rules.ts');
  const rules = await readBaseRules(inputs, base, folders.work);
  for (const { message } of rules.findings) log.info(message);
  const settings = await readSettings(inputs, { workFolder: folders.work, host: host.name, rules });
  return { settings, base, findings: rules.findings };
}

function unbasedReason({ failOnNew, baseRef }: Settings): string | undefined {
  if (baseRef !== undefined) return 'the push created the branch';
  return failOnNew ? 'the run is not for a pull request, and base-ref is not set' : undefined;
}

/** In the checkout that contains the change, if the folder of the run has several. */
async function openBase(name: BaseRef, own: Settings, host: Host, signal: AbortSignal): Promise<BaseCheckout> {
  const { openBaseCheckout } = await import('../resolve/diff/base-checkout.ts');
  const { findCheckoutFolders } = await import('../resolve/diff/checkout-folder.ts');
  const { work } = host.folders;
  const workspace = host.name === 'terminal' ? undefined : work;
  const errors: ChartImagesError[] = [];
  for (const folder of await findCheckoutFolders(work, localPaths(own, host.inputs))) {
    try {
      return await openBaseCheckout(name, { environment: process.env, folder, workFolder: work, workspace, signal });
    } catch (error) {
      if (!(error instanceof ChartImagesError) || error.code === 'cancelled') throw error;
      errors.push(error);
    }
  }
  throw errors.find(({ code }) => code === 'not-the-change') ?? errors[0];
}

/** Charts first, because the change of a chart is what is compared. */
function localPaths({ charts }: Settings, inputs: Host['inputs']): readonly string[] {
  return [
    ...charts.flatMap(({ location, baseFolders }) =>
      /^[a-z]+:\/\//.test(location) ? [] : baseFolders.map((folder) => resolve(folder, location)),
    ),
    ...charts.flatMap(({ valueSets }) => valueSets.flatMap(({ valueFiles }) => valueFiles)),
    ...[inputs['input-file'], inputs['config']].filter((path) => path !== undefined),
  ];
}

/** Without the change in the checkout, there is nothing to check. */
const endsTheRun: readonly ErrorCode[] = ['cancelled', 'not-the-change'];

function noBase({ message, advice }: ChartImagesError): Finding {
  return {
    code: 'no-base',
    severity: 'warning',
    message: `${message} The rules of this change were used, and every finding counts as new.`,
    advice,
  };
}
