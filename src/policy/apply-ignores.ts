import type { DiscoveredImage, Discovery, DiscoveryFinding, ImageUse } from '../discovery/use.ts';
import type { Finding } from '../findings.ts';
import { imagesOfUses, usesOf } from './images-of-uses.ts';
import type { Ignore, Ignored, Spot } from './policy.ts';
import { ruleFinding } from './rule-finding.ts';
import { createSpotMatcher } from './spot-matcher.ts';

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
    .map((ignore) => ({ ignore, matcher: createSpotMatcher(ignore.patterns), matched: false }));
  /** Every ignore that is about it counts as used; the first one takes it. */
  const taker = (matches: (matcher: (typeof holding)[number]['matcher']) => boolean): Ignore | undefined => {
    const about = holding.filter(({ matcher }) => matches(matcher));
    for (const each of about) each.matched = true;
    return about[0]?.ignore;
  };

  const takerOfPlace = (finding: Finding): Ignore | undefined => {
    const spot = spotOf(finding);
    return spot && taker((matcher) => matcher.place(spot));
  };

  const uses = new Map<Ignore | undefined, ImageUse[]>();
  for (const use of usesOf(discovery.images)) {
    put(
      uses,
      taker((matcher) => matcher.image(use.image, use)),
      use,
    );
  }
  const images = imagesOfUses(uses.get(undefined) ?? []);
  const left = new Set(images.map(({ image }) => image));
  const takenImages = new Map(
    [...uses].flatMap(([ignore, taken]) => (ignore ? taken.map(({ image }) => [image, ignore] as const) : [])),
  );
  const findings = new Map<Ignore | undefined, Finding[]>();
  for (const finding of discovery.findings) {
    // A finding about an image goes where the image goes.
    const takes =
      finding.image === undefined
        ? takerOfPlace(finding)
        : left.has(finding.image)
          ? undefined
          : takenImages.get(finding.image);
    put(findings, takes, finding);
  }
  const ignored = holding.map(({ ignore }) => {
    const own = imagesOfUses(uses.get(ignore) ?? []).map((image) => ({ image: image.image, uses: image.uses }));
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

function put<Key, Value>(groups: Map<Key, Value[]>, key: Key, value: Value): void {
  const group = groups.get(key);
  if (group) group.push(value);
  else groups.set(key, [value]);
}

/** Undefined for a finding that is about no place of a rendering. */
function spotOf(finding: Finding | DiscoveryFinding): Spot | undefined {
  if (!('seenAt' in finding) || finding.about === undefined) return undefined;
  const { chartPath, template } = finding.seenAt;
  return { ...finding.about, chartPath, template };
}

function expiredFinding({ until, reason, place, patterns }: Ignore): Finding {
  return ruleFinding(
    'expired-rule',
    `The ignore of ${wordsOf(patterns)} was meant to hold until ${until} (${reason}) and no longer does.`,
    'Take it out of the file, or give it a later date in until.',
    place,
  );
}

function unusedFinding({ patterns, place }: Ignore): Finding {
  return ruleFinding(
    'unused-rule',
    `The ignore of ${wordsOf(patterns)} matches nothing that the charts name.`,
    'Take it out of the file, or mend its pattern: it has to match the whole text, and * stops at the end of a component.',
    place,
  );
}

/** `image "a/b" in kind "Pod"`: what an ignore is about, in the user's own words. */
function wordsOf(patterns: Ignore['patterns']): string {
  return Object.entries(patterns)
    .map(([key, pattern]) => `${key} ${JSON.stringify(pattern)}`)
    .join(', ');
}
