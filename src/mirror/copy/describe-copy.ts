import { formatBytes } from '../../core/format-bytes.ts';
import type { Plan } from '../plan/plan.ts';

/** What is about to be copied, logged before its first byte: `Copying 12 images, at most 384.2 MB`. */
export function describeCopy({ copies, size }: Plan): string {
  const count = copies.filter(({ step }) => step.action === 'copy').length;
  if (count === 0) return 'Nothing to copy';
  const images = `Copying ${count} ${count === 1 ? 'image' : 'images'}`;
  if (size === undefined) return images;
  return `${images}, ${size.completeness === 'all' ? 'at most' : 'more than'} ${formatBytes(size.bytes)}`;
}
