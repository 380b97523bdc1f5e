import { displayPath } from '../core/files/display-path.ts';
import { pathOnDisk } from '../core/files/path-below.ts';
import { absolutePath } from '../core/files/path-spelling.ts';
import type { Finding } from '../core/findings.ts';
import { type ExtraImage, noPolicy, type Policy } from '../discovery/policy/policy.ts';
import type { ArtifactStoreRequest } from '../registry/azure/artifact-store.ts';
import type { BaseCheckout } from '../resolve/diff/base-checkout.ts';
import type { Source } from '../resolve/image-source.ts';
import { defaultChartChanges, overrideChanges } from './chart-list-changes.ts';
import { type CnfDocument, parseCnfInput } from './cnf-input.ts';
import { readCnfSources } from './cnf-sources.ts';
import { readCnfStore } from './cnf-store.ts';
import { type ConfigDocument, type ConfigRules, parseConfig, readConfigRules } from './config-document.ts';
import type { DocumentPath, ParsedFile } from './parsed-file.ts';
import { inputValue, type RawInputs } from './raw-inputs.ts';
import { defaultConfig, namesPattern, noConfig } from './read-charts.ts';
import { type Judgment, judgeFile, type RuleFile } from './rule-files.ts';
import { isConfigRule } from './rule-keys.ts';
import { cnfStatements, configStatements } from './rule-statements.ts';

/** The rules for checking a change, instead of those of its own input files. */
export interface BaseRules {
  readonly sources: readonly Source[] | undefined;
  readonly policy: Policy;
  /** Only inputs that are rules; rendering inputs are those of the change. */
  readonly inputs: RawInputs;
  readonly artifactStore: (() => ArtifactStoreRequest) | undefined;
  /** Rules that the change would have altered. */
  readonly findings: readonly Finding[];
}

/**
 * Reads the rules of the base; rule-keys.ts defines which keys are rules. The inputs of the run must be valid. Throws
 * `cancelled`.
 */
export async function readBaseRules(given: RawInputs, base: BaseCheckout, workFolder: string): Promise<BaseRules> {
  const judge = <Parsed>(file: RuleFile<Parsed>) => judgeFile(file, base, (input) => Object.hasOwn(given, input));
  const displayedPath = async (typed: string) => {
    const path = await pathOnDisk(absolutePath(typed, workFolder), workFolder);
    return { path, displayPath: displayPath(path, workFolder) };
  };

  const inputFile = inputValue(given, 'input-file');
  const cnf = inputFile === undefined ? nothing : await judge(cnfFile(await displayedPath(inputFile)));
  const config = inputValue(given, 'config');
  // If inputs specify the charts, a change cannot remove charts of the file.
  const chartsAreUsed = inputFile === undefined && inputValue(given, 'charts') === undefined;
  const file = configFile(
    await displayedPath(config ?? defaultConfig),
    config === undefined ? 'defaults' : 'unknown',
    chartsAreUsed,
  );
  const configuration = config === noConfig ? nothing : await judge(file);

  const { sources, policy, inputs } = await configRules(configuration);
  const { parsed, head } = cnf;
  return {
    sources: parsed === undefined ? sources : readCnfSources(parsed.input, parsed.document).sources,
    policy,
    inputs,
    artifactStore: parsed && head && (() => storeOf(parsed, head)),
    findings: [
      ...configuration.findings,
      ...cnf.findings,
      ...(chartsAreUsed
        ? await defaultChartChanges(configuration, { base, workFolder, displayPath: file.displayPath })
        : namesPattern(given)
          ? overrideChanges(configuration, file.displayPath)
          : []),
    ],
  };
}

const nothing = { head: undefined, parsed: undefined, findings: [] };

type DisplayedPath = Pick<RuleFile<unknown>, 'path' | 'displayPath'>;

function cnfFile(at: DisplayedPath): RuleFile<CnfDocument> {
  return {
    ...at,
    absence: 'unknown',
    parse: async (text) => {
      const parsed = parseCnfInput(text, at.displayPath);
      readCnfSources(parsed.input, parsed.document);
      return parsed;
    },
    statements: (parsed) => cnfStatements(parsed, at.displayPath),
  };
}

function configFile(
  at: DisplayedPath,
  absence: 'defaults' | 'unknown',
  chartsAreUsed: boolean,
): RuleFile<ConfigDocument> {
  return {
    ...at,
    absence,
    parse: async (text) => {
      const parsed = await parseConfig(text, at.displayPath);
      await readConfigRules(parsed);
      return parsed;
    },
    statements: (parsed) =>
      configStatements(parsed, at.displayPath).filter(({ key }) => key !== 'charts' || chartsAreUsed),
  };
}

const noRules: ConfigRules = { sources: undefined, policy: noPolicy, inputs: {} };

async function configRules({ head, parsed }: Judgment<ConfigDocument>): Promise<ConfigRules> {
  const own = head === undefined ? noRules : await readConfigRules(head);
  const base = parsed === undefined ? noRules : await readConfigRules(placedIn(parsed, head));
  return {
    sources: base.sources,
    policy: { ...base.policy, extraImages: mergeExtraImages(base.policy.extraImages, own.policy.extraImages) },
    inputs: Object.fromEntries(Object.entries(base.inputs).filter(([name]) => isConfigRule(name))),
  };
}

function mergeExtraImages(base: readonly ExtraImage[], own: readonly ExtraImage[]): readonly ExtraImage[] {
  const known = new Set(base.map(({ reference }) => JSON.stringify(reference)));
  return [...base, ...own.filter(({ reference }) => !known.has(JSON.stringify(reference)))];
}

/**
 * The file of the base with the locations of its entries in the file of the change, because only that can be shown.
 * Entries that are missing there have no line.
 */
function placedIn(base: ConfigDocument, head: ConfigDocument | undefined): ConfigDocument {
  const entriesOf = ({ config }: ConfigDocument, key: string | number | undefined): readonly unknown[] => {
    const value: unknown = Object.entries(config).find(([name]) => name === key)?.[1];
    return Array.isArray(value) ? value : [];
  };
  const known = new Map<unknown, ReadonlyMap<string, number>>();
  const indexOf = (key: string | number | undefined, entry: unknown): number | undefined => {
    if (head === undefined) return undefined;
    const indices = known.get(key) ?? new Map(entriesOf(head, key).map((each, index) => [JSON.stringify(each), index]));
    known.set(key, indices);
    return indices.get(JSON.stringify(entry));
  };
  const locationOf = (path: DocumentPath) => {
    const [key, at, ...rest] = path;
    const index = indexOf(key, entriesOf(base, key)[Number(at)]);
    const { file } = base.document.locationOf([]);
    return head === undefined || key === undefined || index === undefined
      ? { file }
      : head.document.locationOf([key, index, ...rest]);
  };
  const document: ParsedFile = { ...base.document, locationOf };
  return { config: base.config, document };
}

/** The store of the base with the network function and version of the change. */
function storeOf({ input: base }: CnfDocument, { input, document }: CnfDocument): ArtifactStoreRequest {
  const { publisher_name, publisher_resource_group_name, acr_artifact_store_name } = base;
  return readCnfStore({ ...input, publisher_name, publisher_resource_group_name, acr_artifact_store_name }, document);
}
