/** The version of package.json, which the bundle cannot read. A test compares the two. */
export const version = '0.1.0';
