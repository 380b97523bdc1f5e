import { ChartImagesError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import { formatReference } from '../../core/oci/registry-reference.ts';
import type { Chart } from '../../helm/charts/chart.ts';
import type { Rendering } from '../../helm/cli/rendering.ts';
import type { ArmClient } from '../../registry/azure/arm.ts';
import {
  createArtifactManifest,
  maximumManifestName,
  readArtifactManifest,
} from '../../registry/azure/artifact-manifest.ts';
import {
  type ArtifactStore,
  type ArtifactStoreRequest,
  guessLoginServer,
  readArtifactStore,
} from '../../registry/azure/artifact-store.ts';
import { fetchStoreCredential } from '../../registry/azure/store-credential.ts';
import { soleSubscription } from '../../registry/azure/subscription.ts';
import type { Access, Registries } from '../../registry/client/registry.ts';
import type { Credential } from '../../registry/credentials/credential.ts';
import type { CredentialTrace } from '../../registry/credentials/credential-trace.ts';
import type { Resolution } from '../../resolve/resolution.ts';
import { copyImages } from '../copy/copy-images.ts';
import type { OnExisting, Outcome, Plan, PlannedCopy, Target } from '../plan/plan.ts';
import { planCopies } from '../plan/plan-copies.ts';
import { withSize } from '../plan/plan-size.ts';
import {
  artifactOfChart,
  artifactsOf,
  checkAgainstManifest,
  missingArtifacts,
  nameOfArtifact,
  newVersionAdvice,
} from './artifacts.ts';
import { checkStore } from './check-store.ts';
import type { Destination } from './destination.ts';
import type { DestinationContext } from './destination-context.ts';
import { movedTagFindings } from './moved-tags.ts';
import type { PublishCharts } from './publish-charts.ts';
import { createStoreCredentialCache, withEmptyRegistry } from './store-registry.ts';

export interface StoreDestinationOptions {
  readonly request: ArtifactStoreRequest;
  /** Undefined: the only subscription of the identity. */
  readonly subscription: string | undefined;
  readonly onExisting: OnExisting;
  readonly missingManifest: 'create' | 'fail';
  /** Undefined if another tool pushes the charts. */
  readonly publishCharts: PublishCharts | undefined;
  readonly arm: ArmClient;
  readonly registries: Registries;
  /** Registers a credential provider for the registry, which is called for each request. */
  readonly setCredential: (registry: string, credential: () => Promise<Credential>) => void;
  /** Sets the resource ID of a login server for the importer. */
  readonly setResourceId: (registry: string, id: string) => void;
  readonly copying: DestinationContext;
  readonly trace: CredentialTrace;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** State between plan and copy. */
interface PlanState {
  readonly store: ArtifactStore;
  /** Undefined if the artifact manifest must be created before the store can be accessed. */
  readonly target: Target | undefined;
  readonly resolutions: readonly Resolution[];
  readonly renderings: readonly Rendering[];
}

/** AOSM artifact store: a registry that accepts only artifacts listed in the artifact manifest of this version. */
export function storeDestination(options: StoreDestinationOptions): Destination {
  const { request, arm, registries, log, signal } = options;
  const { access, importImage, nonDistributable, planSizerFor, sizerFor } = options.copying;
  let planned: PlanState | undefined;
  let remaining: (() => Promise<void>) | undefined;

  const openRegistry = async (store: ArtifactStore): Promise<Target> => {
    const login = await createStoreCredentialCache(() =>
      fetchStoreCredential(store, request.manifest, arm, options.trace),
    );
    options.setCredential(login.registry, () => login.credential());
    if (store.registryId !== '') options.setResourceId(login.registry, store.registryId);
    return targetIn(login.registry, access);
  };

  return {
    async plan(resolutions, renderings) {
      const subscription = options.subscription ?? (await soleSubscription(arm));
      const store = await readArtifactStore(request, subscription, arm);
      const manifest = await readArtifactManifest(store, request.manifest, arm);
      const sizer = await planSizerFor({ kind: 'artifact-store' });
      if (manifest === undefined) {
        checkMissing(options);
        planned = { store, target: undefined, resolutions, renderings };
        const target = targetIn(guessLoginServer(store, arm.cloud) ?? store.name, access);
        const empty = withEmptyRegistry(registries, target.registry);
        return await planCopies(resolutions, target, options.onExisting, empty, sizer);
      }
      const missing = missingArtifacts(manifest, chartsOf(renderings).map(artifactOfChart));
      if (missing.length > 0) warnMissingCharts(missing.map(nameOfArtifact), options);
      const target = await openRegistry(store);
      planned = { store, target, resolutions, renderings };
      const plan = await planCopies(resolutions, target, options.onExisting, registries, sizer);
      const checked = checkAgainstManifest(plan, manifest, request);
      return { ...checked, findings: [...checked.findings, ...movedTagFindings(checked.copies)] };
    },

    estimate: async (plan) => await withSize(plan, await sizerFor({ kind: 'artifact-store' })),

    async copy(plan, copying) {
      if (planned === undefined) throw new Error('the plan was not made by this destination');
      if (copying.attachments === 'required') throw requiredAttachmentsError();
      const { store, resolutions, renderings } = planned;
      const charts = chartsOf(renderings);
      let { target } = planned;
      let current = plan;
      if (target === undefined) {
        const artifacts = artifactsOf(charts, plan);
        warnExcluded(resolutions, options);
        log.info(
          `Creating the artifact manifest ${request.manifest} with ${artifacts.length} artifacts. This takes a minute or two.`,
        );
        await createArtifactManifest(store, { name: request.manifest, artifacts }, arm, signal);
        target = await openRegistry(store);
        // The store can be accessed only now, and may have content of other versions.
        current = await planCopies(resolutions, target, options.onExisting, registries);
        for (const { message, advice } of movedTagFindings(current.copies)) log.warning(`${message} ${advice}`);
      }
      const only = { ...copying, attachmentRefusal: attachmentsRefused(), onExisting: options.onExisting };
      const copied = await copyImages(current, registries, { ...only, importImage, nonDistributable });
      const outcomes = copied.map((outcome) => failOnLateConflict(outcome, plan));
      const isWhole = outcomes.every(({ result }) => result !== 'failed');
      const { registry } = target;
      remaining = async () => {
        if (!isWhole) return;
        if (options.publishCharts)
          await options.publishCharts(renderings, registries.get(registry), options.onExisting);
        if (!signal.aborted) await checkStore({ store, request, charts, registry: registries.get(registry), arm, log });
      };
      return outcomes;
    },

    async complete() {
      const last = remaining;
      remaining = undefined;
      await last?.();
    },
  };
}

/** Attachments are not artifacts of the manifest. */
function attachmentsRefused(): ChartImagesError {
  const message = 'an artifact store accepts only the artifacts of its manifest.';
  return new ChartImagesError('artifact-store', message, {
    advice: 'Copy them to a registry if they are needed, or set attachments to none.',
  });
}

function requiredAttachmentsError(): ChartImagesError {
  return new ChartImagesError('invalid-input', 'Cannot copy attachments to an artifact store: it rejects them.', {
    advice: 'Set attachments to all or none.',
  });
}

/** Artifacts need a version, which is the tag, so images without a tag get one from their digest. */
function targetIn(registry: string, access: Access): Target {
  return { registry, namespace: '', untagged: 'tag-by-digest', access };
}

function chartsOf(renderings: readonly Rendering[]): readonly Chart[] {
  return [...new Set(renderings.map(({ chart }) => chart))];
}

function checkMissing({ request, missingManifest }: StoreDestinationOptions): void {
  const { manifest, versionLocation: location } = request;
  if (missingManifest === 'fail') {
    throw new ChartImagesError('artifact-store', `Cannot use the artifact manifest "${manifest}": it does not exist.`, {
      advice: 'Create it, or set create-artifact-manifest to true.',
      location,
    });
  }
  if (manifest.length <= maximumManifestName) return;
  throw new ChartImagesError(
    'artifact-store',
    `Cannot create the artifact manifest "${manifest}": its name has more than ${maximumManifestName} characters.`,
    { advice: 'Shorten nf_name.', location },
  );
}

function warnMissingCharts(names: readonly string[], { request, publishCharts, log }: StoreDestinationOptions): void {
  const message = `The artifact manifest ${request.manifest} exists and does not list the chart ${names.join(', ')}.`;
  if (publishCharts === undefined) {
    log.warning(`${message} ${newVersionAdvice(request)}`);
    return;
  }
  throw new ChartImagesError('artifact-store', message, {
    advice: newVersionAdvice(request),
    location: request.versionLocation,
  });
}

/** Warns about images that were not found and do not fail the run: the store of this version will never have them. */
function warnExcluded(resolutions: readonly Resolution[], { request, log }: StoreDestinationOptions): void {
  const names = resolutions.filter(({ status }) => status !== 'found').map(({ image }) => image.image);
  if (names.length === 0) return;
  log.warning(
    `The artifact manifest ${request.manifest} will not list the images that were not found, and cannot be changed later: ${names.join(', ')}.`,
  );
}

/** A conflict that was found after the manifest was created: the image was not copied. */
function failOnLateConflict(outcome: Outcome, plan: Plan): Outcome {
  const { copy } = outcome;
  const { step } = copy;
  const isSame = ({ image }: PlannedCopy) => image === copy.image;
  if (step.action !== 'conflict' || plan.copies.find(isSame)?.step.action === 'conflict') return outcome;
  const error = new ChartImagesError(
    'artifact-store',
    `${formatReference(copy.to)} cannot be written: ${step.reason}.`,
    {
      advice:
        'Use another tag for other content: all versions of a network function share the tags of an artifact store.',
    },
  );
  return { result: 'failed', copy, error };
}
