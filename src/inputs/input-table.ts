import { checkInputs } from './check-inputs.ts';
import { environmentInputs } from './environment-inputs.ts';
import type { Input, InputHost } from './input.ts';
import { runInputs } from './run-inputs.ts';

const table = [...runInputs, ...checkInputs, ...environmentInputs] as const;

export type InputName = (typeof table)[number]['name'];

type NamedInput = Input & { readonly name: InputName };

/** Every input, in the order of the contract. action.yml, task.json, `--help` and the docs are generated from it. */
export const inputs: readonly NamedInput[] = table;

/** The inputs that are available on a host. */
export function inputsOn(host: InputHost): readonly NamedInput[] {
  return inputs.filter(({ only }) => only === undefined || only === host);
}
