/** Whether an address of a remote is that of a repository, which is an address too, or `owner/name`. */
export function isSameRepository(remoteUrl: string, repository: string): boolean {
  const [own, expected] = [bareAddress(remoteUrl), bareAddress(repository)];
  return own === expected || own.endsWith(`/${expected}`) || own.endsWith(`:${expected}`);
}

/** Without scheme, user and suffix, which differ between ways to the same repository. */
function bareAddress(url: string): string {
  return url
    .toLowerCase()
    .replace(/^[a-z+]+:\/\//, '')
    .replace(/^[^/@]*@/, '')
    .replace(/(\.git)?\/*$/, '');
}
