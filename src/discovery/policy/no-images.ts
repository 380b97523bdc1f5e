import type { Finding } from '../../core/findings.ts';
import { pluralize } from '../../core/text.ts';
import type { PolicyResult } from './apply-policy.ts';

/**
 * A finding if a run that copies has no image, unless the user's rules ignore them all. It is an error if images may
 * be at places that could not be read.
 */
export function noImagesFinding({ named, discovery }: PolicyResult, findings: readonly Finding[]): readonly Finding[] {
  if (named.images.length > 0 || discovery.images.length > 0) return [];
  const unread = findings.filter(({ code }) => code === 'unreadable' || code === 'placeholder').length;
  return [
    unread === 0
      ? {
          code: 'no-images',
          severity: 'warning',
          message: 'The charts contain no image, so there is nothing to copy.',
          advice:
            'Check whether the charts need other values (the input values or the input set), or set optional-images.',
        }
      : {
          code: 'no-images',
          severity: 'error',
          message: `No image was found, and ${pluralize(unread, 'place')} could not be read, so nothing is copied.`,
          advice: 'Fix the places that could not be read, or add their images to extra-images.',
        },
  ];
}
