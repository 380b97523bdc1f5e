/** What az aosm takes a line for: the image's name without its registry, and its tag. */
export interface AosmMatch {
  /** What stands before the slash, which it drops: the registry, or what it takes for one. */
  readonly dropped: string;
  readonly name: string;
  readonly tag: string;
}

/** A line that az aosm looks at. */
export interface AosmLine {
  /** 1-based, of the rendered text. */
  readonly line: number;
  /** Undefined where it only warns that it cannot parse the line. */
  readonly reading: AosmMatch | undefined;
}

/**
 * The rule by which az aosm finds images (azext_aosm/build_processors/helm_chart_processor.py of the Azure CLI
 * extensions, version 1 and 2): every line with `image:`, and in what is left without that word the first match of
 * `/(name):(tag)`, where a name has no blanks and a tag neither blanks nor `)`, `"` and `}`.
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
 * Word by word instead of by the regular expression, which takes the square of the time for a long line of slashes: the first
 * word that has a colon after a slash, its first slash and its last colon.
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

/** What the rule would have to read so that the image is the one that the chart means; undefined: it cannot be read. */
export function expectedMatch(image: string): AosmMatch | undefined {
  const reading = readLine(image);
  return reading === undefined || image.includes('@') ? undefined : reading;
}

/** `name:tag`. */
export function formatReading({ name, tag }: AosmMatch): string {
  return `${name}:${tag}`;
}
