/** What a value of an input looks like. */
export type InputForm =
  /** One text: a path, a name, an address. */
  | { readonly kind: 'text' }
  /** `true` or `false`. */
  | { readonly kind: 'boolean' }
  /** A whole number in a range, both ends included. */
  | { readonly kind: 'number'; readonly minimum: number; readonly maximum: number }
  /** One of a few words. */
  | { readonly kind: 'choice'; readonly choices: readonly [string, ...string[]] }
  /** Entries that hold no comma, separated by commas or line ends. */
  | { readonly kind: 'list' }
  /** One entry per line; an entry may hold commas. */
  | { readonly kind: 'lines' };

/** The headings under which help and the Azure task show inputs, in their order. */
export const inputGroups = {
  charts: 'Charts',
  images: 'Images and sources',
  copy: 'Copying',
  helm: 'Helm',
  registries: 'Registries',
  report: 'Report',
} as const;

export type InputGroup = keyof typeof inputGroups;

/** Where a user gives inputs. */
export type InputHost = 'github' | 'azure' | 'terminal';

interface Common {
  /** kebab-case; the other spellings are derived (spelling.ts). */
  readonly name: string;
  /** What holds when the user says nothing; `''` when nothing does. */
  readonly default: string;
  /**
   * chart-images.yaml may give it too. Runners then know no default: one that they hand over cannot be told from one that the
   * workflow wrote, and what the workflow wrote wins over the file.
   */
  readonly configurable?: true;
  /** What happens without a value, where `default` does not say it. */
  readonly otherwise?: string;
  /** How help names the value: `--charts <chart>`. */
  readonly placeholder: string;
  /** One line, without a full stop. */
  readonly summary: string;
  /** Whole sentences for those who want to know more; Markdown, one paragraph. */
  readonly help: string;
  readonly group: InputGroup;
  /** The one host that has the input; all have it where this says nothing. */
  readonly only?: InputHost;
  /** Azure's own way of giving the value, where it is not the one of the kind: a picker of service connections. */
  readonly azureType?: 'connectedService:AzureRM' | 'connectedService:dockerregistry';
  /** How that picker behaves, by the names of Azure's task schema; `MultiSelectFlatList` gives ids with commas between them. */
  readonly azureProperties?: Readonly<Partial<Record<'MultiSelectFlatList' | 'EndpointFilterRule', string>>>;
  /** Shown by the Azure task only under this condition. */
  readonly azureVisible?: string;
}

export type Input = Common & InputForm;

/** The default that action.yml and task.json have; `''` where they have none. */
export function handedDefault(input: Input): string {
  return input.configurable === true ? '' : input.default;
}

export interface Output {
  /** kebab-case. */
  readonly name: string;
  readonly summary: string;
}
