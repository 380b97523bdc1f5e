import { ChartImagesError, type SourceLocation, toErrors } from '../core/errors.ts';
import { inputsEntries } from './config-inputs-schema.ts';
import type { Config } from './config-schema.ts';
import { ErrorCollector } from './input-errors.ts';
import type { InputName } from './input-table.ts';
import type { ParsedFile } from './parsed-file.ts';
import type { RawInputs } from './raw-inputs.ts';
import { readFailOn, readPlatforms } from './read-fail-on.ts';
import * as helm from './read-helm.ts';
import { placeholderAdvice, readPlaceholder, readTarget } from './read-registries.ts';
import { readEach, splitList } from './read-value.ts';

/**
 * Inputs that chart-images.yaml can set. Never a secret, and never `push`: only the workflow decides that a run writes.
 */
export type ConfigInput = keyof typeof inputsEntries & InputName;

const configInputs = Object.keys(inputsEntries) as readonly ConfigInput[]; // Object.keys forgets which keys.

/** Checks that the schema cannot express. */
const readers: Readonly<Partial<Record<ConfigInput, (value: string) => unknown>>> = {
  'placeholder-registries': (value) =>
    readEach('placeholder-registries', splitList(value), readPlaceholder, placeholderAdvice),
  target: (value) => (value === 'artifact-store' ? value : readTarget(value)),
  'fail-on': (value) => readFailOn(splitList(value)),
  platforms: (value) => readPlatforms(splitList(value)),
  'helm-version': helm.readHelmVersion,
  'kube-version': helm.readKubeVersion,
  namespace: helm.readNamespace,
  'release-name': helm.readReleaseName,
  'api-versions': (value) => helm.readApiVersions({ 'api-versions': value }),
};

/**
 * The inputs of the file in the form of a host. Each is checked here, so that errors have a location. Throws all errors
 * together.
 */
export async function readConfigInputs(config: Config, document: ParsedFile): Promise<RawInputs> {
  const issues = new ErrorCollector();
  const inputs: Record<string, string> = {};
  for (const name of configInputs) {
    const given = config[name];
    if (given === undefined) continue;
    const value = Array.isArray(given) ? given.join('\n') : String(given);
    await issues.keep(() => check(name, value, document.locationOf([name])), undefined);
    inputs[name] = value;
  }
  issues.throwIfAny();
  return inputs;
}

async function check(name: ConfigInput, value: string, location: SourceLocation): Promise<void> {
  try {
    await readers[name]?.(value);
  } catch (thrown) {
    const [first] = toErrors(thrown);
    throw first === undefined
      ? thrown
      : new ChartImagesError(first.code, first.message, { advice: first.advice, location });
  }
}
