import { imageInputs } from './image-inputs.ts';
import type { Input } from './input.ts';
import { machineryInputs } from './machinery-inputs.ts';

const table = [...imageInputs, ...machineryInputs] as const;

export type InputName = (typeof table)[number]['name'];

/** Every input of the contract, in its order: the one place that action.yml, task.json, help and the README are made from. */
export const inputs: readonly (Input & { readonly name: InputName })[] = table;
