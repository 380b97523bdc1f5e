import manifest from '../../package.json' with { type: 'json' };

/** Tells operators of registries who asks. */
export const userAgent = `chart-images/${manifest.version}`;
