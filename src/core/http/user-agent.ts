import { version } from '../version.ts';

/** Identifies this client to operators of registries. */
export const userAgent = `chart-images/${version}`;
