import { handedDefault, type Input, inputGroups } from '../../src/inputs/input.ts';
import { toCamelCase } from '../../src/inputs/input-names.ts';
import { inputsOn } from '../../src/inputs/input-table.ts';
import { outputs } from '../../src/inputs/output-table.ts';
import { product, runnerDescription } from './description.ts';

/** The task's identity in Azure Pipelines: made once, never changed. */
const id = '8cb4d633-dedd-40ad-9aa8-216a45140370';

/** The first agent that knows the handler Node20_1 (microsoft/azure-pipelines-tasks, docs/migrateNode20.md). */
const minimumAgentVersion = '3.232.1';

/** Words of names that labels write in their own way. */
const labelWords: Readonly<Record<string, string>> = { ca: 'CA', api: 'API', http: 'HTTP' };

/** task/task.json. The packaged task folder holds `dist/` beside it. */
export function taskFile(version: string): unknown {
  const [major, minor, patch] = version.split(/[.-]/).map(Number);
  return {
    id,
    name: 'ChartImages',
    friendlyName: 'Chart images',
    description: product.description,
    helpMarkDown: 'Paths are relative to the working directory, `$(System.DefaultWorkingDirectory)`.',
    category: 'Deploy',
    author: product.author,
    version: { Major: major, Minor: minor, Patch: patch },
    minimumAgentVersion,
    instanceNameFormat: 'Check the images of Helm charts',
    groups: Object.entries(inputGroups).map(([name, displayName]) => ({
      name,
      displayName,
      isExpanded: name === 'charts' || name === 'images' || name === 'copy',
    })),
    inputs: inputsOn('azure').map(taskInput),
    // In the spelling that the schema of task.json allows; the other one is set as well (hosts/azure-host.ts).
    outputVariables: outputs.map(({ name, summary }) => ({
      name: toCamelCase(name),
      description: inAzureWords(`${summary}.`),
    })),
    // Without `mode: restricted`, in which the agent refuses the summary and the list of tests, task.uploadsummary and
    // results.publish (azure-pipelines-agent, TaskCommandExtension.cs, ResultsCommandExtension.cs).
    restrictions: {
      settableVariables: { allowed: [...new Set(outputs.flatMap(({ name }) => [toCamelCase(name), name]))] },
    },
    execution: { Node20_1: { target: 'dist/index.js' }, Node24: { target: 'dist/index.js' } },
  };
}

/** One input as task.json has it. */
export function taskInput(input: Input): unknown {
  return {
    name: toCamelCase(input.name),
    type: taskType(input),
    label: label(input.name),
    ...defaultOf(input),
    required: false,
    helpMarkDown: inAzureWords(runnerDescription(input)),
    groupName: input.group,
    ...(input.azureVisible === undefined ? {} : { visibleRule: input.azureVisible }),
    ...(input.kind === 'choice'
      ? { options: Object.fromEntries(input.choices.map((choice) => [choice, choice])) }
      : {}),
    ...properties(input),
  };
}

/** Without a value, the default depends on other inputs. */
function hasThreeStates({ kind, default: ofAll }: Input): boolean {
  return kind === 'boolean' && ofAll === '';
}

/**
 * The classic editor may store a box that nobody ticks as `false`, which counts as written when the task hands over no
 * default. All boxes without one mean `false` by default too, so that this only ever takes a right away from
 * chart-images.yaml.
 */
function defaultOf(input: Input): object {
  const handed = handedDefault(input);
  // A text field: a box has no third state.
  if (hasThreeStates(input)) return { defaultValue: '' };
  if (input.kind !== 'boolean' || handed !== '') return { defaultValue: handed };
  if (input.default !== 'false') throw new Error(`${input.name} is on by default, so a box for it needs the default`);
  return {};
}

/**
 * Never `filePath`: an optional one that is left empty arrives as the repository's folder (azure-pipelines-agent,
 * TaskRunner.cs).
 */
function taskType(input: Input): string {
  if (input.azureType !== undefined) return input.azureType;
  switch (input.kind) {
    case 'text':
    case 'number':
      return 'string';
    case 'boolean':
      return hasThreeStates(input) ? 'string' : 'boolean';
    case 'choice':
      return 'pickList';
    case 'list':
    case 'lines':
      return 'multiLine';
  }
}

/**
 * The tables name inputs and outputs as the contract does, `image-sources`; who writes a pipeline knows `imageSources`.
 */
function inAzureWords(text: string): string {
  const names: ReadonlySet<string> = new Set([...inputsOn('azure'), ...outputs].map(({ name }) => name));
  return text.replace(/`([a-z-]+)(: [^`]+)?`/g, (word, name: string, value: string | undefined) =>
    names.has(name) ? `\`${toCamelCase(name)}${value ?? ''}\`` : word,
  );
}

function properties(input: Input): object {
  if (input.azureProperties !== undefined) return { properties: input.azureProperties };
  return taskType(input) === 'multiLine' ? { properties: { resizable: true, rows: '4' } } : {};
}

/** `plain-http` → `Plain HTTP`. */
function label(name: string): string {
  const words = name.split('-').map((word) => labelWords[word] ?? word);
  const text = words.join(' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}
