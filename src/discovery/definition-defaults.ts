import { classifyReference } from './classify/reference-form.ts';
import { type ReferencePartName, splitPartName } from './classify/split-name.ts';
import type { KubernetesObject } from './kubernetes/kubernetes-object.ts';
import { childPath, type Path } from './yaml/yaml-path.ts';
import { childOf, type MapNode, type TreeNode } from './yaml/yaml-tree.ts';

/** The default values of one schema, as an object that has only these. */
export interface SchemaDefaults {
  /** The path of the schema in the definition. */
  readonly schema: Path;
  readonly defaults: TreeNode;
}

/**
 * The defaults of a CustomResourceDefinition by schema (Kubernetes documentation, "Defaulting"). Skips versions that
 * are not served. Examples, descriptions and enumerations are no defaults.
 */
export function definitionDefaults({ node, path }: KubernetesObject): readonly SchemaDefaults[] {
  const spec = childOf(node, 'spec');
  const specPath = childPath(path, 'spec');
  const versions = childOf(spec, 'versions');
  const served = (versions?.type === 'list' ? versions.items : []).flatMap((version, index) => {
    const served = childOf(version, 'served');
    if (served?.type === 'text' && served.text === 'false') return [];
    const at = childPath(childPath(childPath(specPath, 'versions'), index), 'schema');
    return [[childOf(version, 'schema'), at] as const];
  });
  // The first version of the API had one schema for all versions.
  const all = [[childOf(spec, 'validation'), childPath(specPath, 'validation')] as const, ...served];
  return all.flatMap(([holder, at]) => {
    const defaults = defaultsOf(childOf(holder, schemaKey));
    return defaults === undefined ? [] : [{ schema: childPath(at, schemaKey), defaults }];
  });
}

const schemaKey = 'openAPIV3Schema';

function defaultsOf(schema: TreeNode | undefined): TreeNode | undefined {
  if (schema?.type !== 'map') return undefined;
  const own = childOf(schema, 'default');
  if (own !== undefined && own.type !== 'map') return own;
  const fields = fieldDefaults(schema);
  if (own === undefined) return fields ?? itemDefaults(schema);
  return fields === undefined ? own : merge(fields, own);
}

/** `*` stands for the free keys of a map. */
function fieldDefaults(schema: MapNode): MapNode | undefined {
  const entries = new Map<string, TreeNode>();
  const properties = childOf(schema, 'properties');
  for (const [name, property] of properties?.type === 'map' ? properties.entries : []) {
    const value = defaultsOf(property);
    if (value !== undefined) entries.set(name, value);
  }
  for (const name of unfinishedNames(properties, entries)) entries.delete(name);
  const free = defaultsOf(childOf(schema, 'additionalProperties'));
  if (free !== undefined) entries.set('*', free);
  return entries.size === 0 ? undefined : { type: 'map', entries, offset: schema.offset };
}

const tagParts: ReadonlySet<ReferencePartName> = new Set(['tag', 'version', 'digest'] as const);

/**
 * References without a tag whose tag is a field of its own without a default: only the user or the operator knows it.
 */
function unfinishedNames(properties: TreeNode | undefined, entries: ReadonlyMap<string, TreeNode>): readonly string[] {
  const open = new Set<string>();
  for (const name of properties?.type === 'map' ? properties.entries.keys() : []) {
    const split = splitPartName(name);
    const value = entries.get(name);
    const hasDefault = value !== undefined && !(value.type === 'text' && value.text === '');
    if (split && tagParts.has(split.part) && !hasDefault) open.add(split.stem);
  }
  return [...entries].flatMap(([name, value]) => {
    const split = splitPartName(name);
    const isBare = value.type === 'text' && classifyReference(value.text)?.endsWith('-bare') === true;
    return isBare && split && !tagParts.has(split.part) && open.has(split.stem) ? [name] : [];
  });
}

function itemDefaults(schema: MapNode): TreeNode | undefined {
  const item = defaultsOf(childOf(schema, 'items'));
  return item && { type: 'list', items: [item], offset: item.offset };
}

/** Kubernetes fills the fields that a default leaves out with their own defaults. */
function merge(fields: MapNode, own: MapNode): MapNode {
  const entries = new Map(fields.entries);
  for (const [name, value] of own.entries) {
    const below = entries.get(name);
    entries.set(name, below?.type === 'map' && value.type === 'map' ? merge(below, value) : value);
  }
  return { ...own, entries };
}
