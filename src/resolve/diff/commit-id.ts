/** SHA-1 or SHA-256. */
const fullId = /^[0-9a-f]{40,64}$/;

/** The text if it is a full commit ID. Other texts of a host are not passed to Git as one. */
export function commitId(text: string | null | undefined): string | undefined {
  return typeof text === 'string' && fullId.test(text) && !/^0+$/.test(text) ? text : undefined;
}

/** A commit ID in the length that Git shows; other names of a base as they are. */
export function shortCommit(name: string): string {
  return fullId.test(name) ? name.slice(0, shortLength) : name;
}

/** The default of core.abbrev for a small repository. */
const shortLength = 7;
