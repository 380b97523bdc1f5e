import { version } from '../version.ts';

/** Tells operators of registries who asks. */
export const userAgent = `chart-images/${version}`;
