import type { ImageUse } from '../../discovery/image-use.ts';
import { type Mask, maskLocation } from './mask.ts';
import type { Report } from './report.ts';
import type { Row } from './row.ts';
import type { ImageValueSources, ValueLocation } from './value-sources.ts';

/** Masks everything that identifies an image in a report. */
export interface MaskedImages {
  readonly rows: readonly Row[];
  /** A reference as the chart writes it. */
  image(image: string): string;
  use(use: ImageUse): ImageUse;
}

/**
 * Masks the finished rows, because a secret can span parts of a location. Different references stay different.
 */
export function maskImages(report: Report, rows: readonly Row[], mask: Mask): MaskedImages {
  const reference = keepHosts(configuredHosts(report), mask.name);
  const image = keepApart(rows, reference);
  const use = (one: ImageUse): ImageUse => maskUse(one, mask, image);
  return {
    image,
    use,
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
      ...(row.interrupted === undefined ? {} : { interrupted: row.interrupted }),
      elsewhere: row.elsewhere,
      bytes: row.bytes,
      lookups: row.lookups.map((lookup) => ({
        reference: reference(lookup.reference),
        result: lookup.result,
        reason: mask.text(lookup.reason),
      })),
      uses: row.uses.map(use),
      usedBy: row.usedBy.map(({ sets, ...object }) => ({
        ...maskObject(object, mask),
        sets: typeof sets === 'string' ? sets : sets.map(mask.name),
      })),
      origins: row.origins.map((origin) => maskOrigin(origin, mask, image)),
      reason: row.reason && mask.text(row.reason),
    })),
  };
}

/** Hosts that the user configured in plain text, so they are not secrets. */
function configuredHosts({ resolutions, plan }: Report): ReadonlySet<string> {
  const candidates = resolutions.flatMap(({ lookups }) => lookups.map(({ candidate }) => candidate));
  const sources = candidates
    .filter(({ source }) => source.kind === 'registry')
    .map(({ reference }) => reference.registry);
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

type Named = Pick<ImageUse, 'chart' | 'chartPath' | 'template' | 'shownTemplate' | 'kind' | 'name'>;

function maskObject({ chart, chartPath, template, shownTemplate, kind, name }: Named, mask: Mask): Named {
  return {
    chart: mask.name(chart),
    chartPath: mask.name(chartPath),
    template: mask.name(template),
    ...(shownTemplate !== undefined && { shownTemplate: mask.name(shownTemplate) }),
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
    ...(declaredAt === undefined ? {} : { declaredAt: maskLocation(declaredAt, mask) }),
    ...(optionalBy === undefined ? {} : { optionalBy: optionalBy.map(mask.name) }),
  };
}

function maskOrigin(origin: ImageValueSources, mask: Mask, image: (image: string) => string): ImageValueSources {
  return {
    image: image(origin.image),
    chartPath: mask.name(origin.chartPath),
    values: origin.values.map(({ path, at, ...value }) => ({
      ...value,
      path: mask.name(path),
      at: maskValueLocation(at, mask),
    })),
  };
}

function maskValueLocation(at: ValueLocation, { name }: Mask): ValueLocation {
  switch (at.in) {
    case 'file':
      return { ...at, file: name(at.file) };
    case 'archive':
      return { ...at, file: name(at.file), inside: name(at.inside) };
    case 'set':
      return at;
  }
}
