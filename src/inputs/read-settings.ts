import { ChartImagesError } from '../core/errors.ts';
import { type Boundary, findBoundary, resolveTypedPath } from '../core/files/boundary.ts';
import type { FailOn } from '../core/findings.ts';
import { noPolicy } from '../discovery/policy/policy.ts';
import type { AttachmentPolicy, OnExisting } from '../mirror/plan/plan.ts';
import type { Shard } from '../mirror/plan/shard.ts';
import { refNameError } from '../resolve/diff/ref-name.ts';
import { upstream } from '../resolve/image-source.ts';
import { underRules } from './apply-base-rules.ts';
import type { BaseRules } from './base-rules.ts';
import type { ChartList } from './chart-list.ts';
import type { InputHost } from './input.ts';
import { ErrorCollector, invalidInput } from './input-errors.ts';
import type { InputName } from './input-table.ts';
import { missingNotes } from './missing-credentials.ts';
import { existingPath, pathInside } from './paths.ts';
import { inputValue, type RawInputs, validateInputNames, valueOrDefault } from './raw-inputs.ts';
import { readCharts } from './read-charts.ts';
import { readCredentials } from './read-credentials.ts';
import { type DestinationSettings, readDestination } from './read-destination.ts';
import { readFailOn, readPlatforms } from './read-fail-on.ts';
import * as helm from './read-helm.ts';
import { readLockFile } from './read-lock.ts';
import { placeholderAdvice, readHost, readPlaceholder, readSource } from './read-registries.ts';
import { readShard } from './read-shard.ts';
import { readBoolean, readChoice, readEach, readNumber, splitList } from './read-value.ts';
import type { Settings } from './settings.ts';

export interface ReadDeps {
  /** Absolute; relative paths start here. */
  readonly workFolder: string;
  /** Undefined to accept the inputs of every host. */
  readonly host?: InputHost;
  /** Boundary for paths in inputs; by default that of the work folder. */
  readonly boundary?: Boundary;
  /** Rules of the base, which override those of the input files. */
  readonly rules?: BaseRules;
}

/**
 * Reads and checks all inputs and the files that they name, without network. Throws all errors together, so that they
 * can be fixed at once; no error contains a credential.
 */
export async function readSettings(
  given: RawInputs,
  { workFolder, host, rules, ...deps }: ReadDeps,
): Promise<Settings> {
  const boundary = deps.boundary ?? (await findBoundary(workFolder));
  const typed = (label: string) => ({
    folders: [workFolder],
    resolvePath: (path: string) => resolveTypedPath(path, boundary),
    label: label,
    location: undefined,
  });
  const issues = new ErrorCollector();
  const { errors: sifted, readable } = validateInputNames(given, host);
  for (const error of sifted) issues.add(error);
  const own = await issues.keep<ChartList>(() => readCharts(readable, workFolder, boundary), {
    charts: [],
    sources: [],
    warnings: [],
  });
  const named = rules === undefined ? own : underRules(own, rules);
  /** Inputs override the configuration. */
  const raw: RawInputs = { ...named.inputs, ...readable };
  const value = (name: InputName) => valueOrDefault(raw, name);
  const list = (name: InputName) => splitList(value(name));
  /** Reads an optional input. */
  const optional = <T>(name: InputName, read: (value: string) => T | Promise<T>): Promise<T | undefined> => {
    const said = inputValue(raw, name);
    return said === undefined ? Promise.resolve(undefined) : issues.keep<T | undefined>(() => read(said), undefined);
  };

  const listed = await issues.keep(
    () => readEach('image-sources', list('image-sources'), readSource, sourceAdvice),
    [],
  );
  const destination = await issues.keep(() => readDestination(raw, named), noDestination);
  const push = await issues.keep(() => readBoolean('push', value('push')), false);
  const resolving = await issues.keep(() => readBoolean('resolve', value('resolve')), true);
  const optionalImages = await issues.keep(() => readBoolean('optional-images', value('optional-images')), false);
  const frozen = await issues.keep(() => readBoolean('frozen', value('frozen')), false);
  const hasTarget = inputValue({ ...named.inputs, ...given }, 'target') !== undefined;
  if (push && !hasTarget) issues.add(pushWithoutTarget());
  if (inputValue(given, 'values-overlay') !== undefined && !hasTarget) issues.add(overlayWithoutTarget());
  if (push && !resolving) issues.add(pushWithoutResolve());
  if (frozen && !resolving) issues.add(frozenWithoutResolve());
  if (inputValue(given, 'values-overlay') !== undefined && !resolving) issues.add(overlayWithoutResolve());
  const failOn = await issues.keep<FailOn>(() => readFailOn(list('fail-on')), new Map());

  const credentials = await issues.keep(() => readCredentials(value('registry-credentials'), host), []);

  const settings: Settings = {
    charts: named.charts,
    sources: listed.length > 0 ? listed : (named.sources ?? [upstream]),
    policy: named.policy ?? noPolicy,
    registriesAre: inputValue(given, 'input-file') === undefined ? 'used as written' : 'overwritten',
    placeholderRegistries: new Set(
      await issues.keep(
        () => readEach('placeholder-registries', list('placeholder-registries'), readPlaceholder, placeholderAdvice),
        [],
      ),
    ),
    resolve: resolving,
    optionalImages,
    optionalBudget: await issues.keep(() => readNumber('optional-budget', value('optional-budget')), 1),
    ...destination,
    push,
    keepGoing: (await optional('keep-going', (text) => readBoolean('keep-going', text))) ?? !push,
    shard: await issues.keep<Shard | undefined>(() => readShard(raw), undefined),
    failOn: frozen ? new Map(failOn).set('drift', 'all') : failOn,
    failOnNew: await issues.keep(() => readBoolean('fail-on-new', value('fail-on-new')), false),
    baseRef: await optional('base-ref', readRef),
    onExisting: await issues.keep<OnExisting>(() => readChoice('on-existing', value('on-existing'), policies), 'fail'),
    attachments: await issues.keep<AttachmentPolicy>(
      () => readChoice('attachments', value('attachments'), attachmentPolicies),
      'all',
    ),
    platforms: await issues.keep(() => readPlatforms(list('platforms')), []),
    lock: await issues.keep(
      () => readLockFile(inputValue(raw, 'lock-file'), frozen ? 'frozen' : 'kept', workFolder, boundary),
      undefined,
    ),
    helm: {
      version: await issues.keep(() => helm.readHelmVersion(value('helm-version')), ''),
      mirror: await optional('helm-mirror', helm.readHelmMirror),
    },
    helmTemplate: {
      kubeVersion: await optional('kube-version', helm.readKubeVersion),
      apiVersions: await issues.keep(() => helm.readApiVersions(raw), []),
      namespace: await optional('namespace', helm.readNamespace),
      releaseName: await optional('release-name', helm.readReleaseName),
      isUpgrade: await issues.keep(() => readBoolean('is-upgrade', value('is-upgrade')), false),
      skipSchemaValidation: await issues.keep(
        () => readBoolean('skip-schema-validation', value('skip-schema-validation')),
        false,
      ),
    },
    credentials,
    registryConnections: list('registry-connections'),
    azure: {
      subscription: inputValue(raw, 'azure-subscription'),
      clientId: inputValue(raw, 'azure-client-id'),
      tenantId: inputValue(raw, 'azure-tenant-id'),
    },
    plainHttp: await issues.keep(() => readEach('plain-http', list('plain-http'), readHost, hostAdvice), []),
    caFile: await optional('ca-file', (path) => existingPath(path, typed('The ca-file'))),
    concurrency: await issues.keep(() => readNumber('concurrency', value('concurrency')), 1),
    explainAosm: await issues.keep(() => readBoolean('explain-aosm', value('explain-aosm')), false),
    valuesOverlay: await optional('values-overlay', (path) => pathInside(path, typed('The value file to write'))),
    reportFolder: await optional('report', (path) => pathInside(path, typed('The report folder'))),
    warnings: [...named.warnings, ...missingNotes(credentials)],
  };
  issues.throwIfAny();
  return settings;
}

const noDestination: DestinationSettings = {
  target: undefined,
  artifactStore: undefined,
  missingManifest: 'create',
  publishCharts: false,
  copyMode: 'auto',
  foreignLayers: 'left out',
};

const policies = ['fail', 'skip', 'replace'] as const satisfies readonly OnExisting[];

const attachmentPolicies = ['all', 'required', 'none'] as const satisfies readonly AttachmentPolicy[];

const sourceAdvice = 'Write registry[/namespace], for example myregistry.azurecr.io or ghcr.io/contoso, or upstream.';

const hostAdvice = 'Write a host, for example registry.internal:5000.';

function readRef(ref: string): string {
  const issue = refNameError(ref);
  if (issue === undefined) return ref;
  throw invalidInput('base-ref', ref, issue, 'Write a branch, tag or commit, for example main or v1.2.0.');
}

function overlayWithoutTarget(): ChartImagesError {
  return new ChartImagesError('missing-input', 'Input "values-overlay" requires "target".', {
    advice: 'Set the input target, for example to myregistry.azurecr.io/mirror, or remove values-overlay.',
  });
}

function pushWithoutTarget(): ChartImagesError {
  return new ChartImagesError('missing-input', 'Input "push" requires "target".', {
    advice: 'Set the input target, for example to myregistry.azurecr.io/mirror, or remove the input push.',
  });
}

function frozenWithoutResolve(): ChartImagesError {
  return new ChartImagesError(
    'invalid-input',
    'Input "frozen" is true and "resolve" is false: no digest would be checked.',
    {
      advice: 'Remove one of the two.',
    },
  );
}

function overlayWithoutResolve(): ChartImagesError {
  return new ChartImagesError(
    'invalid-input',
    'Input "values-overlay" is set and "resolve" is false: no image would be found.',
    {
      advice: 'Remove one of the two.',
    },
  );
}

function pushWithoutResolve(): ChartImagesError {
  return new ChartImagesError(
    'invalid-input',
    'Input "push" is true and "resolve" is false: no image would be found.',
    {
      advice: 'Remove one of the two.',
    },
  );
}
