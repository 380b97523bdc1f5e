import type { RegistryReference } from '../../core/oci/registry-reference.ts';
import type { DiscoveredImage, ImageUse } from '../../discovery/image-use.ts';
import type { Outcome, Plan, PlannedAction, PlannedCopy } from '../../mirror/plan/plan.ts';
import { type Mask, maskError, maskPlace } from './mask.ts';
import type { Report } from './report.ts';
import { type Row, rowsOf } from './rows.ts';
import type { ImageValueSources, ValuePlace } from './value-sources.ts';

/** Masks everything that identifies an image in a report. */
export interface MaskedImages {
  readonly rows: readonly Row[];
  /** A reference as the chart writes it. */
  image(image: string): string;
  use(use: ImageUse): ImageUse;
  origin(origin: ImageValueSources): ImageValueSources;
  plan(plan: Plan): Plan;
  outcome(outcome: Outcome): Outcome;
}

/**
 * Masks the finished rows, because a secret can span parts of a location. Different references stay different.
 */
export function maskImages(report: Report, mask: Mask): MaskedImages {
  const rows = rowsOf(report);
  const reference = keepHosts(configuredHosts(report), mask.name);
  const image = keepApart(rows, reference);
  const use = (one: ImageUse): ImageUse => maskUse(one, mask, image);
  const origin = (one: ImageValueSources): ImageValueSources => maskOrigin(one, mask, image);
  const copy = (one: PlannedCopy): PlannedCopy => maskCopy(one, mask, image);
  return {
    image,
    use,
    origin,
    rows: rows.map((row) => ({
      image: image(row.image),
      confidence: row.confidence,
      status: row.status,
      source: row.source && reference(row.source),
      foundIn: row.foundIn && reference(row.foundIn),
      manifest: row.manifest,
      platforms: row.platforms?.map(mask.name),
      target: row.target && reference(row.target),
      outcome: row.outcome,
      elsewhere: row.elsewhere,
      bytes: row.bytes,
      trace: row.trace.map(({ location, result, reason }) => {
        return { location: reference(location), result, reason: mask.text(reason) };
      }),
      uses: row.uses.map(use),
      usedBy: row.usedBy.map(({ chart, chartPath, template, kind, name, sets }) => ({
        ...maskObject({ chart, chartPath, template, kind, name }, mask),
        sets: typeof sets === 'string' ? sets : sets.map(mask.name),
      })),
      origins: row.origins.map(origin),
      reason: row.reason && mask.text(row.reason),
    })),
    // Findings of a plan are also in the report, and formats don't use parts.
    plan: ({ copies, size }) => ({
      copies: copies.map(copy),
      findings: [],
      size: size && { ...size, parts: new Map() },
    }),
    outcome: (outcome) => {
      if (outcome.result === 'failed')
        return { ...outcome, copy: copy(outcome.copy), error: maskError(outcome.error, mask) };
      if (!('attachments' in outcome) || outcome.attachments === undefined)
        return { ...outcome, copy: copy(outcome.copy) };
      const attachments = outcome.attachments.map(({ name, error }) => ({ name, error: maskError(error, mask) }));
      return { ...outcome, copy: copy(outcome.copy), attachments };
    },
  };
}

/** Hosts that the user configured in plain text, so they are not secrets. */
function configuredHosts({ resolutions, plan }: Report): ReadonlySet<string> {
  const places = resolutions.flatMap(({ trace }) => trace.map(({ candidate }) => candidate));
  const sources = places.filter(({ source }) => source.kind === 'registry').map(({ location }) => location.registry);
  return new Set([...sources, ...(plan?.copies ?? []).map(({ to }) => to.registry)]);
}

function keepHosts(hosts: ReadonlySet<string>, mask: (text: string) => string): (reference: string) => string {
  return (reference) => {
    const slash = reference.indexOf('/');
    const host = slash < 0 ? reference : reference.slice(0, slash);
    return hosts.has(host) ? host + mask(reference.slice(host.length)) : mask(reference);
  };
}

/** Images are identified by reference, so two masked references must not become equal. */
function keepApart(rows: readonly Row[], mask: (reference: string) => string): (image: string) => string {
  const masked = new Map<string, string>();
  const taken = new Set<string>();
  const image = (text: string): string => {
    const known = masked.get(text);
    if (known !== undefined) return known;
    const plain = mask(text);
    let free = plain;
    for (let number = 2; plain !== text && taken.has(free); number += 1) free = `${plain} (${number})`;
    masked.set(text, free);
    taken.add(free);
    return free;
  };
  for (const row of rows) image(row.image);
  return image;
}

type Named = Pick<ImageUse, 'chart' | 'chartPath' | 'template' | 'kind' | 'name'>;

function maskObject({ chart, chartPath, template, kind, name }: Named, mask: Mask): Named {
  return {
    chart: mask.name(chart),
    chartPath: mask.name(chartPath),
    template: mask.name(template),
    kind: mask.name(kind),
    name: mask.name(name),
  };
}

function maskUse(use: ImageUse, mask: Mask, image: (image: string) => string): ImageUse {
  const { valueSets, path, line, rule, confidence, declaredAt, optionalBy } = use;
  return {
    ...maskObject(use, mask),
    image: image(use.image),
    valueSets: valueSets.map(mask.name),
    path: mask.name(path),
    ...{ line, rule, confidence },
    ...(declaredAt === undefined ? {} : { declaredAt: maskPlace(declaredAt, mask) }),
    ...(optionalBy === undefined ? {} : { optionalBy: optionalBy.map(mask.name) }),
  };
}

function maskOrigin(origin: ImageValueSources, mask: Mask, image: (image: string) => string): ImageValueSources {
  return {
    image: image(origin.image),
    chartPath: mask.name(origin.chartPath),
    values: origin.values.map(({ parts, path, at }) => ({
      parts,
      path: mask.name(path),
      at: maskValuePlace(at, mask),
    })),
  };
}

function maskValuePlace(at: ValuePlace, { name }: Mask): ValuePlace {
  switch (at.in) {
    case 'file':
      return { ...at, file: name(at.file) };
    case 'archive':
      return { ...at, file: name(at.file), inside: name(at.inside) };
    case 'set':
      return at;
  }
}

function maskCopy(copy: PlannedCopy, mask: Mask, image: (image: string) => string): PlannedCopy {
  const { name } = mask;
  const location = ({ registry, repository, tag, digest }: RegistryReference): RegistryReference => {
    return { registry: name(registry), repository: name(repository), tag: tag && name(tag), digest };
  };
  const planned: DiscoveredImage = {
    image: image(copy.image.image),
    reference: {
      ...copy.image.reference,
      text: name(copy.image.reference.text),
      repository: name(copy.image.reference.repository),
    },
    confidence: copy.image.confidence,
    uses: [],
  };
  return {
    image: planned,
    from: location(copy.from),
    manifest: copy.manifest,
    to: location(copy.to),
    step: maskStep(copy.step, mask),
  };
}

function maskStep(step: PlannedAction, mask: Mask): PlannedAction {
  switch (step.action) {
    case 'copy':
    case 'present':
    case 'skip':
      return step;
    case 'conflict': {
      const { action, reason, advice } = step;
      return { action, reason: mask.text(reason), ...(advice === undefined ? {} : { advice: mask.text(advice) }) };
    }
    case 'unknown':
      return { action: step.action, error: maskError(step.error, mask) };
  }
}
