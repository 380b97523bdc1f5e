import type { Finding } from '../../core/findings.ts';
import { groupUsesByImage, usesOf } from '../group-uses.ts';
import type { DiscoveredImage, Discovery, DiscoveryFinding, ImageUse } from '../image-use.ts';
import { compileIgnore } from './ignore-matcher.ts';
import { type Ignore, type Ignored, type MatchTarget, ruleFinding } from './policy.ts';

export interface AfterIgnores {
  readonly images: readonly DiscoveredImage[];
  /** Findings that are not ignored, and findings about the rules. */
  readonly findings: readonly Finding[];
  readonly ignored: readonly Ignored[];
}

/**
 * Removes ignored images and findings. Each goes to the first matching rule; an image is removed with its last use.
 * `today` is `YYYY-MM-DD`: a rule is valid to the end of its last day, and then only warns.
 */
export function applyIgnores(discovery: Discovery, ignores: readonly Ignore[], today: string): AfterIgnores {
  const expired = ignores.filter(({ until }) => until !== undefined && until < today);
  const active = ignores
    .filter((ignore) => !expired.includes(ignore))
    .map((ignore) => ({ ignore, matcher: compileIgnore(ignore.patterns), matched: false }));
  /** The first matching rule. All matching rules count as used. */
  const firstMatch = (matches: (matcher: (typeof active)[number]['matcher']) => boolean): Ignore | undefined => {
    const matching = active.filter(({ matcher }) => matches(matcher));
    for (const each of matching) each.matched = true;
    return matching[0]?.ignore;
  };

  const ignoreByPosition = (finding: Finding): Ignore | undefined => {
    const position = targetOf(finding);
    return position && firstMatch((matcher) => matcher.position(position));
  };

  const uses = new Map<Ignore | undefined, ImageUse[]>();
  for (const use of usesOf(discovery.images)) {
    addTo(
      uses,
      firstMatch((matcher) => matcher.image(use.image, use)),
      use,
    );
  }
  const images = groupUsesByImage(uses.get(undefined) ?? []);
  const left = new Set(images.map(({ image }) => image));
  const ignoredImages = new Map(
    [...uses].flatMap(([ignore, ignoredUses]) =>
      ignore ? ignoredUses.map(({ image }) => [image, ignore] as const) : [],
    ),
  );
  const findings = new Map<Ignore | undefined, Finding[]>();
  for (const finding of discovery.findings) {
    // A finding about an image is ignored if the image is.
    const ignoredBy =
      finding.image === undefined
        ? ignoreByPosition(finding)
        : left.has(finding.image)
          ? undefined
          : ignoredImages.get(finding.image);
    addTo(findings, ignoredBy, finding);
  }
  const ignored = active.map(({ ignore }) => {
    const own = groupUsesByImage(uses.get(ignore) ?? []).map((image) => ({ image: image.image, uses: image.uses }));
    return { ignore, images: own, findings: findings.get(ignore) ?? [] };
  });
  return {
    images,
    findings: [
      ...(findings.get(undefined) ?? []),
      ...expired.map(expiredFinding),
      ...active.filter(({ matched }) => !matched).map(({ ignore }) => unusedFinding(ignore)),
    ],
    ignored: ignored.filter((each) => each.images.length > 0 || each.findings.length > 0),
  };
}

function addTo<Key, Value>(groups: Map<Key, Value[]>, key: Key, value: Value): void {
  const group = groups.get(key);
  if (group) group.push(value);
  else groups.set(key, [value]);
}

/** Undefined for a finding without a position in a rendering. */
function targetOf(finding: Finding | DiscoveryFinding): MatchTarget | undefined {
  if (!('renderedAt' in finding) || finding.object === undefined) return undefined;
  const { chartPath, template } = finding.renderedAt;
  return { ...finding.object, chartPath, template };
}

function expiredFinding({ until, reason, location, patterns }: Ignore): Finding {
  return ruleFinding(
    'expired-rule',
    `The ignore rule for ${describeIgnore(patterns)} expired after ${until} (${reason}).`,
    'Remove the rule, or set a later date in until.',
    location,
  );
}

function unusedFinding({ patterns, location }: Ignore): Finding {
  return ruleFinding(
    'unused-rule',
    `The ignore rule for ${describeIgnore(patterns)} matches no image or finding of the charts.`,
    'Remove the rule, or fix its pattern. It must match the whole text, and * does not match across components.',
    location,
  );
}

/** `image "a/b", kind "Pod"`, as written by the user. */
function describeIgnore(patterns: Ignore['patterns']): string {
  return Object.entries(patterns)
    .map(([key, pattern]) => `${key} ${JSON.stringify(pattern)}`)
    .join(', ');
}
