import { noPolicy, type Policy } from '../discovery/policy/policy.ts';
import type { Source } from '../resolve/image-source.ts';
import { readConfigInputs } from './config-inputs.ts';
import { readRules } from './config-rules.ts';
import { type Config, configSchema } from './config-schema.ts';
import { ErrorCollector } from './input-errors.ts';
import type { ParsedFile } from './parsed-file.ts';
import type { RawInputs } from './raw-inputs.ts';
import { checkSchema } from './schema-errors.ts';
import { readSourceList } from './source-list.ts';
import { parseYaml } from './yaml.ts';

/** A chart-images.yaml of the documented shape. */
export interface ConfigDocument {
  readonly config: Config;
  readonly document: ParsedFile;
}

/** The content of the file, except charts. */
export interface ConfigRules {
  readonly sources: readonly Source[] | undefined;
  readonly policy: Policy;
  /** Other inputs that the file sets. */
  readonly inputs: RawInputs;
}

/** Throws `syntax` and `schema`. `displayPath` is the path in messages and locations. */
export async function parseConfig(text: string, displayPath: string): Promise<ConfigDocument> {
  const document = await parseYaml(text, displayPath);
  // A file that is empty or has only comments is valid.
  return { config: document.value === null ? {} : checkSchema(configSchema, document), document };
}

/** Throws all errors together, each with its location. */
export async function readConfigRules({ config, document }: ConfigDocument): Promise<ConfigRules> {
  const issues = new ErrorCollector();
  const texts = config['image-sources'];
  const sources = await issues.keep(() => texts && readSourceList(texts, ['image-sources'], document), undefined);
  const policy = await issues.keep(() => readRules(config, document), noPolicy);
  const inputs = await issues.keep(() => readConfigInputs(config, document), {});
  issues.throwIfAny();
  return { sources, policy, inputs };
}
