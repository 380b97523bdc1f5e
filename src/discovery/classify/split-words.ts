/** The words of a name, lower case: `kafkaImages`, `KAFKA_IMAGES`, `--kafka-images` and `kafka.images` are all `kafka`, `images`. */
export function splitWords(name: string): readonly string[] {
  return name
    .slice(0, maximumName)
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
}

/** Longer keys are no names. */
const maximumName = 200;
