/** The image that az aosm reads in a line: the name without the registry, and the tag. */
export interface AosmMatch {
  /** The text before the slash, which az aosm drops: the registry, or what it assumes to be one. */
  readonly dropped: string;
  readonly name: string;
  readonly tag: string;
}

export interface AosmLine {
  /** 1-based, of the rendered text. */
  readonly line: number;
  /** Undefined if az aosm only warns that it cannot parse the line. */
  readonly reading: AosmMatch | undefined;
}

/**
 * The rule of az aosm (azext_aosm/build_processors/helm_chart_processor.py of the Azure CLI extensions, version 1 and
 * 2): in every line with `image:`, without that word, the first match of `/(name):(tag)`, where a name has no blanks,
 * and a tag no blanks, `)`, `"` and `}`.
 */
export function matchLikeAzAosm(rendered: string): readonly AosmLine[] {
  const lines: AosmLine[] = [];
  for (const [index, line] of rendered.split('\n').entries()) {
    if (line.includes(keyword)) lines.push({ line: index + 1, reading: readLine(line.replaceAll(keyword, '')) });
  }
  return lines;
}

const keyword = 'image:';

/**
 * Splits words instead of using the regular expression, which takes quadratic time for a long line of slashes: the
 * first word with a colon after a slash, split at its first slash and its last colon.
 */
function readLine(text: string): AosmMatch | undefined {
  for (const word of text.split(/\s+/)) {
    const slash = word.indexOf('/');
    const colon = word.lastIndexOf(':');
    if (slash < 0 || colon < slash) continue;
    const dropped = word.slice(word.lastIndexOf('"', slash) + 1, slash);
    return { dropped, name: word.slice(slash + 1, colon), tag: /^[^)"}]*/.exec(word.slice(colon + 1))?.[0] ?? '' };
  }
  return undefined;
}

/** The match that means this image; undefined if the rule cannot match it. */
export function expectedMatch(image: string): AosmMatch | undefined {
  const reading = readLine(image);
  return reading === undefined || image.includes('@') ? undefined : reading;
}

/** `name:tag`. */
export function formatMatch({ name, tag }: AosmMatch): string {
  return `${name}:${tag}`;
}
