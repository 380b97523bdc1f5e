/** The type of an input. */
export type InputForm =
  /** A path, name or URL. */
  | { readonly kind: 'text' }
  /** `true` or `false`. */
  | { readonly kind: 'boolean' }
  /** A whole number in a range, both ends included. */
  | { readonly kind: 'number'; readonly minimum: number; readonly maximum: number }
  /** One of the choices. */
  | { readonly kind: 'choice'; readonly choices: readonly [string, ...string[]] }
  /** Entries without commas, separated by commas or line breaks. */
  | { readonly kind: 'list' }
  /** One entry per line; an entry can contain commas. */
  | { readonly kind: 'lines' };

/** Headings in `--help` and in the Azure task, in order. */
export const inputGroups = {
  charts: 'Charts',
  images: 'Images and sources',
  copy: 'Copying',
  helm: 'Helm',
  registries: 'Registries',
  report: 'Report',
} as const;

export type InputGroup = keyof typeof inputGroups;

/** Where inputs are set. */
export type InputHost = 'github' | 'azure' | 'terminal';

interface Common {
  /** kebab-case; input-names.ts derives the other spellings. */
  readonly name: string;
  /** `''` if there is none. */
  readonly default: string;
  /**
   * chart-images.yaml can also set it. Then runners get no default, because a default that they pass would override the
   * file.
   */
  readonly configurable?: true;
  /** The behavior without a value, if `default` is `''`. */
  readonly otherwise?: string;
  /** Placeholder of the value in help: `--charts <chart>`. */
  readonly placeholder: string;
  /** One line, without a full stop. */
  readonly summary: string;
  /** Sentences after the summary; Markdown, one paragraph. */
  readonly help: string;
  readonly group: InputGroup;
  /** The only host with the input; undefined if all have it. */
  readonly only?: InputHost;
  /** A picker of service connections in the Azure task. */
  readonly azureType?: 'connectedService:AzureRM' | 'connectedService:dockerregistry';
  /** Properties of the picker (Azure task schema). `MultiSelectFlatList` returns comma-separated IDs. */
  readonly azureProperties?: Readonly<Partial<Record<'MultiSelectFlatList' | 'EndpointFilterRule', string>>>;
  /** The Azure task shows the input only under this condition. */
  readonly azureVisible?: string;
}

export type Input = Common & InputForm;

/** The default in action.yml and task.json; `''` if they have none. */
export function handedDefault(input: Input): string {
  return input.configurable === true ? '' : input.default;
}

export interface Output {
  /** kebab-case. */
  readonly name: string;
  readonly summary: string;
}
