/** The version of package.json, which the bundle cannot read; a test keeps the two equal. */
export const version = '0.1.0';
