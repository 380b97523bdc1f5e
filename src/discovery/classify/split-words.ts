/** Names of fields repeat: a rendering has thousands of fields and a few hundred names. */
const known = new Map<string, readonly string[]>();
/** A megabyte at the longest names. A chart with more different names starts again. */
const maximumKnown = 5000;

/** Lowercase words of a name: `kafkaImages`, `KAFKA_IMAGES` and `--kafka-images` are all `kafka`, `images`. */
export function splitWords(name: string): readonly string[] {
  const before = known.get(name);
  if (before !== undefined) return before;
  const words = name
    .slice(0, maximumNameLength)
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
  if (name.length > maximumNameLength) return words;
  if (known.size >= maximumKnown) known.clear();
  known.set(name, words);
  return words;
}

/** Characters; longer keys are not names. */
const maximumNameLength = 200;
