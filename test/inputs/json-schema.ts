/**
 * The part of JSON Schema (draft 2020-12) that chart-images.schema.json uses. Any other keyword stops the test, so that
 * the schema cannot outgrow what is checked here.
 */
type JsonSchema = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const typeOf = (value: unknown) => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value);

export function accepts(schema: unknown, value: unknown): boolean {
  if (!isObject(schema)) throw new Error('a schema is an object');
  return Object.entries(schema).every(([keyword, rule]) => holds(keyword, rule, schema, value));
}

function holds(keyword: string, rule: unknown, schema: JsonSchema, value: unknown): boolean {
  switch (keyword) {
    case '$schema':
    case 'title':
    case 'description':
      return true;
    case 'type':
      return typeOf(value) === rule;
    case 'anyOf':
      return Array.isArray(rule) && rule.some((each) => accepts(each, value));
    case 'enum':
      return Array.isArray(rule) && rule.includes(value);
    case 'const':
      return value === rule;
    case 'pattern':
      return typeof value !== 'string' || new RegExp(String(rule)).test(value);
    case 'items':
      return !Array.isArray(value) || value.every((entry) => accepts(rule, entry));
    case 'minItems':
      return !Array.isArray(value) || value.length >= Number(rule);
    case 'minLength':
      return typeof value !== 'string' || value.length >= Number(rule);
    case 'required':
      return !isObject(value) || (Array.isArray(rule) && rule.every((key) => Object.hasOwn(value, String(key))));
    case 'properties':
      return (
        !isObject(value) ||
        !isObject(rule) ||
        Object.entries(rule).every(([key, each]) => !Object.hasOwn(value, key) || accepts(each, value[key]))
      );
    case 'additionalProperties': {
      if (!isObject(value)) return true;
      const known = isObject(schema['properties']) ? schema['properties'] : {};
      const others = Object.entries(value).filter(([key]) => !Object.hasOwn(known, key));
      return rule === false ? others.length === 0 : others.every(([, each]) => accepts(rule, each));
    }
    default:
      throw new Error(`unknown keyword ${keyword}`);
  }
}
