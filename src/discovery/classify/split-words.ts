/** Lowercase words of a name: `kafkaImages`, `KAFKA_IMAGES` and `--kafka-images` are all `kafka`, `images`. */
export function splitWords(name: string): readonly string[] {
  return name
    .slice(0, maximumNameLength)
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
}

/** Characters; longer keys are not names. */
const maximumNameLength = 200;
