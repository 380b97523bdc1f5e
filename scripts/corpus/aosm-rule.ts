/**
 * The rule by which `az aosm` finds images, for comparison only: every line with `image:`, and in it everything from the
 * first slash to the last colon as name, and what follows as tag. It drops what stands before the slash; that is put
 * back here, so that the answer can be compared with whole references.
 */
export function imagesByAosmRule(rendered: string): readonly string[] {
  const images = new Set<string>();
  for (const line of rendered.split('\n')) {
    if (!line.includes('image:')) continue;
    const value = line.replaceAll('image:', '').trim();
    const match = /\/(?<name>[^\s]*):(?<tag>[^\s)"}]*)/.exec(value);
    if (match === null) continue;
    const before = /[^\s"]*$/.exec(value.slice(0, match.index))?.[0] ?? '';
    images.add(`${before}/${match.groups?.['name']}:${match.groups?.['tag']}`);
  }
  return [...images];
}
