import { configSchema } from '../../src/inputs/config-schema.ts';
import type { SchemaNode } from '../../src/inputs/schema-errors.ts';

/** Parts of a valibot schema that a JSON Schema needs besides its shape. */
interface Part extends SchemaNode {
  readonly kind?: string;
  readonly requirement?: unknown;
  readonly description?: string;
  readonly value?: SchemaNode;
  readonly literal?: unknown;
}

/** chart-images.schema.json: what editors check and complete chart-images.yaml with. */
export function configJsonSchema(): unknown {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'chart-images.yaml',
    description: 'Charts with their values, sources, rules over images, and policies. Written by scripts/generate.ts.',
    ...jsonSchema(configSchema),
  };
}

type JsonSchema = Readonly<Record<string, unknown>>;

function jsonSchema(part: Part): JsonSchema {
  if (part.pipe !== undefined) return Object.assign({}, ...part.pipe.map(jsonSchema));
  return fragment(part);
}

/** What one schema, check or note of a pipe adds. An unknown one stops the script: nothing is left out silently. */
function fragment(part: Part): JsonSchema {
  switch (part.type) {
    case 'custom': // The guard of `object`, which says less than the object that follows it.
      return {};
    case 'loose_object': {
      const entries = Object.entries(part.entries ?? {});
      const required = entries.filter(([, entry]) => entry.type !== 'optional').map(([name]) => name);
      return {
        type: 'object',
        properties: Object.fromEntries(entries.map(([name, entry]) => [name, jsonSchema(entry)])),
        ...(required.length > 0 ? { required } : {}),
        additionalProperties: false,
      };
    }
    case 'record':
      return { type: 'object', additionalProperties: part.value === undefined ? {} : jsonSchema(part.value) };
    case 'array':
      return { type: 'array', items: part.item === undefined ? {} : jsonSchema(part.item) };
    case 'picklist':
      return { enum: part.options };
    case 'literal':
      return { const: part.literal };
    case 'regex':
      return { pattern: part.requirement instanceof RegExp ? part.requirement.source : '' };
    case 'optional':
      return part.wrapped === undefined ? {} : jsonSchema(part.wrapped);
    case 'union':
      return {
        anyOf: (part.options ?? []).flatMap((option) => (typeof option === 'string' ? [] : [jsonSchema(option)])),
      };
    case 'string':
    case 'number':
    case 'boolean':
    case 'null':
      return { type: part.type };
    case 'integer':
      return { type: 'integer' };
    case 'min_value':
      return { minimum: part.requirement };
    case 'max_value':
      return { maximum: part.requirement };
    case 'non_empty':
      return { minLength: 1 };
    case 'min_length':
      return { minItems: part.requirement };
    case 'description':
      return { description: part.description };
    default:
      throw new Error(`scripts/generate/json-schema.ts cannot write ${part.type}`);
  }
}
