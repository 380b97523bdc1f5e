import { environmentInputs } from './environment-inputs.ts';
import type { Input, InputHost } from './input.ts';
import { runInputs } from './run-inputs.ts';

const table = [...runInputs, ...environmentInputs] as const;

export type InputName = (typeof table)[number]['name'];

type NamedInput = Input & { readonly name: InputName };

/** Every input of the contract, in its order: the one place that action.yml, task.json, help and the README are made from. */
export const inputs: readonly NamedInput[] = table;

/** Those that a user of this host can give. */
export function inputsOn(host: InputHost): readonly NamedInput[] {
  return inputs.filter(({ only }) => only === undefined || only === host);
}
