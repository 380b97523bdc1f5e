import type { Finding } from '../../core/findings.ts';
import type { DiscoveredImage, Discovery, DiscoveryFinding, ImageUse } from '../image-use.ts';
import { groupUsesByImage, usesOf } from './group-uses.ts';
import { compileIgnore } from './ignore-matcher.ts';
import type { Ignore, Ignored, MatchTarget } from './policy.ts';
import { ruleFinding } from './rule-finding.ts';

export interface AfterIgnores {
  readonly images: readonly DiscoveredImage[];
  /** Those of discovery that are left, and what there is to say of the ignores themselves. */
  readonly findings: readonly Finding[];
  readonly ignored: readonly Ignored[];
}

/**
 * Takes away what the ignores are about. Each use and finding goes to the first ignore that is about it; an image is gone
 * with its last use. `today` is `YYYY-MM-DD`: an ignore holds to the end of its last day and then only warns.
 */
export function applyIgnores(discovery: Discovery, ignores: readonly Ignore[], today: string): AfterIgnores {
  const expired = ignores.filter(({ until }) => until !== undefined && until < today);
  const holding = ignores
    .filter((ignore) => !expired.includes(ignore))
    .map((ignore) => ({ ignore, matcher: compileIgnore(ignore.patterns), matched: false }));
  /** Every ignore that is about it counts as used; the first one takes it. */
  const taker = (matches: (matcher: (typeof holding)[number]['matcher']) => boolean): Ignore | undefined => {
    const about = holding.filter(({ matcher }) => matches(matcher));
    for (const each of about) each.matched = true;
    return about[0]?.ignore;
  };

  const ignoreByPosition = (finding: Finding): Ignore | undefined => {
    const position = spotOf(finding);
    return position && taker((matcher) => matcher.place(position));
  };

  const uses = new Map<Ignore | undefined, ImageUse[]>();
  for (const use of usesOf(discovery.images)) {
    addTo(
      uses,
      taker((matcher) => matcher.image(use.image, use)),
      use,
    );
  }
  const images = groupUsesByImage(uses.get(undefined) ?? []);
  const left = new Set(images.map(({ image }) => image));
  const takenImages = new Map(
    [...uses].flatMap(([ignore, taken]) => (ignore ? taken.map(({ image }) => [image, ignore] as const) : [])),
  );
  const findings = new Map<Ignore | undefined, Finding[]>();
  for (const finding of discovery.findings) {
    // A finding about an image goes where the image goes.
    const takes =
      finding.image === undefined
        ? ignoreByPosition(finding)
        : left.has(finding.image)
          ? undefined
          : takenImages.get(finding.image);
    addTo(findings, takes, finding);
  }
  const ignored = holding.map(({ ignore }) => {
    const own = groupUsesByImage(uses.get(ignore) ?? []).map((image) => ({ image: image.image, uses: image.uses }));
    return { ignore, images: own, findings: findings.get(ignore) ?? [] };
  });
  return {
    images,
    findings: [
      ...(findings.get(undefined) ?? []),
      ...expired.map(expiredFinding),
      ...holding.filter(({ matched }) => !matched).map(({ ignore }) => unusedFinding(ignore)),
    ],
    ignored: ignored.filter((each) => each.images.length > 0 || each.findings.length > 0),
  };
}

function addTo<Key, Value>(groups: Map<Key, Value[]>, key: Key, value: Value): void {
  const group = groups.get(key);
  if (group) group.push(value);
  else groups.set(key, [value]);
}

/** Undefined for a finding that is about no place of a rendering. */
function spotOf(finding: Finding | DiscoveryFinding): MatchTarget | undefined {
  if (!('renderedAt' in finding) || finding.about === undefined) return undefined;
  const { chartPath, template } = finding.renderedAt;
  return { ...finding.about, chartPath, template };
}

function expiredFinding({ until, reason, place, patterns }: Ignore): Finding {
  return ruleFinding(
    'expired-rule',
    `The ignore of ${describeIgnore(patterns)} was meant to hold until ${until} (${reason}) and no longer does.`,
    'Take it out of the file, or give it a later date in until.',
    place,
  );
}

function unusedFinding({ patterns, place }: Ignore): Finding {
  return ruleFinding(
    'unused-rule',
    `The ignore of ${describeIgnore(patterns)} matches nothing that the charts name.`,
    'Take it out of the file, or fix its pattern: it has to match the whole text, and * stops at the end of a component.',
    place,
  );
}

/** `image "a/b" in kind "Pod"`: what an ignore is about, in the user's own words. */
function describeIgnore(patterns: Ignore['patterns']): string {
  return Object.entries(patterns)
    .map(([key, pattern]) => `${key} ${JSON.stringify(pattern)}`)
    .join(', ');
}
