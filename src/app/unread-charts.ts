import { join } from 'node:path';
import { isInside } from '../core/files/display-path.ts';
import type { Finding } from '../core/findings.ts';
import type { Discovery } from '../discovery/image-use.ts';
import type { Rendering } from '../helm/cli/rendering.ts';
import type { UnreadSubmodule } from '../resolve/diff/base-submodules.ts';
import type { BaseFindings } from '../resolve/diff/mark-new-findings.ts';

/** Submodules of the base that could not be read, in the checkout at `top` (absolute). */
export interface UnreadFolders {
  readonly top: string;
  readonly submodules: readonly UnreadSubmodule[];
}

/**
 * The base as if the charts in its unread submodules, and those with values files in them, had the images of now: it
 * is unknown what the change does to them, so nothing of them counts as new.
 */
export function withUnreadCharts(
  base: BaseFindings,
  { top, submodules }: UnreadFolders,
  renderings: readonly Rendering[],
  now: Discovery,
): BaseFindings {
  const unknown = submodules.filter(({ isReplaced }) => !isReplaced);
  const isUnread = (path: string) => unknown.some((submodule) => isInside(path, join(top, submodule.path)));
  const charts = new Set(
    renderings.flatMap(({ chart: { home, displayPath, valueSets } }) => {
      const files = [...(home === undefined ? [] : [home.path]), ...valueSets.flatMap(({ valueFiles }) => valueFiles)];
      return files.some(isUnread) ? [displayPath] : [];
    }),
  );
  if (charts.size === 0) return base;
  const others = base.images.filter(({ uses }) => uses.some(({ chartPath }) => !charts.has(chartPath)));
  const known = new Set(others.map(({ image }) => image));
  const assumed = now.images.filter(
    ({ image, uses }) => !known.has(image) && uses.some(({ chartPath }) => charts.has(chartPath)),
  );
  return { ...base, images: [...others, ...assumed], unreadCharts: [...charts] };
}

/** One finding for each unread submodule. */
export function unreadFindings({ submodules }: UnreadFolders, label: string): readonly Finding[] {
  return submodules.map(({ path, reason, isReplaced }) => ({
    code: 'no-base',
    severity: 'warning',
    message: `Cannot read the submodule ${path} of ${label}: ${reason}. ${isReplaced ? allNew : nothingNew}`,
    advice: isReplaced
      ? 'Review what the change has in place of the submodule.'
      : 'Check out the submodules with a token that can fetch their earlier commits, or with their whole history.',
  }));
}

const nothingNew = 'Nothing in it was compared, or counts as new.';
/** Otherwise a change could get images past fail-on-new with a copy of a submodule. */
const allNew = 'Everything in it counts as new.';
