/**
 * One promise of what the product does with Azure: what is prepared, what it is given, and what must have come of it.
 */
import { join } from 'node:path';
import { expect } from 'vitest';
import { toolPath } from '../../../scripts/tools.ts';
import { podChart, writeFiles } from '../../support/chart.ts';
import type { HostRun } from '../../support/host-run.ts';
import { makeImage, pushImage, type TestImage } from '../../support/images.ts';
import { outputOf } from '../../support/program.ts';
import type { StandInRegistry } from '../fake-azure.ts';
import type { StandIn } from '../fake-server.ts';
import { shownBy } from '../secrets.ts';

export const ways = ['terminal', 'GitHub', 'Azure, Node 20', 'Azure, Node 24'] as const;

/** How the one bundle is started. */
export type Way = (typeof ways)[number];

export const everywhere: readonly Way[] = ways;
export const onAzure: readonly Way[] = ['Azure, Node 20', 'Azure, Node 24'];
export const onGitHub: readonly Way[] = ['GitHub'];

export interface Scenario {
  /** A sentence of the table. */
  readonly name: string;
  readonly ways: readonly Way[];
  /** How often it is run with the same inputs; once where it is not given. */
  readonly runs?: 2;
  readonly prepare: (location: Place) => Promise<Case>;
}

/** Where one scenario is run in one way. Nothing of it is shared with another one. */
export interface Place {
  readonly azure: StandIn;
  /** For the charts: what a repository has. */
  readonly work: string;
  /** For what a user or an earlier step left on the machine: logins, programs. */
  readonly machine: string;
}

export interface Case {
  readonly inputs: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** Folders that stand first on the PATH. */
  readonly path?: readonly string[];
  readonly check: (...runs: readonly [Ran, ...Ran[]]) => Promise<void>;
}

export interface Ran {
  readonly host: HostRun;
  /** `images.json`; undefined where the run ended before there was a report. */
  readonly report: Report | undefined;
}

export interface Report {
  readonly images: readonly { readonly image: string; readonly status: string; readonly outcome: string | null }[];
  readonly findings: readonly { readonly code: string; readonly message: string; readonly advice?: string }[];
  readonly totals: Readonly<Record<string, number>>;
}

/** What lets a run into its registries. */
export interface Login {
  readonly inputs?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly path?: readonly string[];
}

export const image: TestImage = await makeImage({ seed: 'team/web', layers: [3_000, 20] });

/** A chart with one image, `team/web:1`, the registry that has it, and the one that is to have it. */
export interface Mirror {
  readonly source: StandInRegistry;
  readonly target: StandInRegistry;
  readonly inputs: Readonly<Record<string, string>>;
}

export async function mirror(place: Place, options: Parameters<StandIn['addRegistry']>[1] = {}): Promise<Mirror> {
  const source = await place.azure.addRegistry('contososource', options);
  const target = await place.azure.addRegistry('contosotarget', { permissions: options.permissions ?? 'rbac' });
  await pushImage(source.store.url, 'team/web', '1', image);
  const chart = join(place.work, 'charts', 'web');
  await writeFiles(chart, podChart('team/web:1'));
  const inputs = { charts: chart, 'image-sources': source.loginServer, target: target.loginServer, push: 'true' };
  return { source, target, inputs };
}

/** A case whose login is all that it is about: the image has to arrive, as it is. */
export async function arriving(
  place: Place,
  login: (location: Place, mirror: Mirror) => Promise<Login> | Login,
  options: Parameters<StandIn['addRegistry']>[1] = {},
): Promise<Case> {
  const made = await mirror(place, options);
  const { inputs = {}, ...rest } = await login(place, made);
  return {
    ...rest,
    inputs: { ...made.inputs, ...inputs },
    check: async ({ host, report }) => {
      expect(reasonOf(host)).toBe('');
      expect(report?.totals).toMatchObject({ images: 1, found: 1, copied: 1 });
      expect(await digestIn(made.target, 'team/web:1')).toBe(image.digest);
    },
  };
}

/** Why a run failed that should not have, for the reader of a failed test. */
export function reasonOf(host: HostRun): string {
  return host.passed ? '' : shownBy(host.log);
}

/** What crane finds under a tag. */
export async function digestIn(registry: StandInRegistry, place: string): Promise<string> {
  return await outputOf(toolPath('crane'), ['digest', `${registry.store.host}/${place}`]);
}

/** Repositories that crane finds, sorted. */
export async function repositoriesIn(registry: StandInRegistry): Promise<readonly string[]> {
  const catalogue = await outputOf(toolPath('crane'), ['catalog', registry.store.host]);
  return catalogue
    .split('\n')
    .filter((line) => line !== '')
    .sort();
}
