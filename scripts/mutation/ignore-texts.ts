/**
 * A plugin for Stryker that leaves two things as they are: calls of a log, and prose. A test that holds every word of a
 * message is a copy of the message; the codes of errors and all conditions around a text are mutated all the same.
 */
import { declareValuePlugin, PluginKind } from '@stryker-mutator/api/plugin';

/** The part of Babel's syntax tree that is looked at. */
interface Node {
  readonly type: string;
  readonly value?: unknown;
  readonly name?: string;
  readonly callee?: Node;
  readonly object?: Node;
  readonly property?: Node;
  readonly quasis?: readonly { readonly value: { readonly raw: string } }[];
  readonly properties?: readonly { readonly value?: Node }[];
}

const levels = new Set(['debug', 'info', 'warning']);

/** Two words with a blank between them. A key such as `blob ${digest}` has one. */
const prose = /\p{L}{2,}[,:;.)']* \p{L}+/u;

export const strykerPlugins = [
  declareValuePlugin(PluginKind.Ignore, 'texts', {
    shouldIgnore(path: { readonly node: Node }): string | undefined {
      return reasonToIgnore(path.node);
    },
  }),
];

export function reasonToIgnore(node: Node): string | undefined {
  if (isLogCall(node)) return 'a line of the log';
  return isProse(node) ? 'prose' : undefined;
}

/** A text, or an object of nothing but texts: `{ advice: 'Log in again.' }`. */
function isProse(node: Node): boolean {
  const { type, properties = [] } = node;
  if (type !== 'ObjectExpression') return prose.test(textOf(node));
  return properties.length > 0 && properties.every(({ value }) => value !== undefined && isProse(value));
}

function isLogCall({ type, callee }: Node): boolean {
  if (type !== 'CallExpression' || callee?.type !== 'MemberExpression') return false;
  const receiver = callee.object?.name ?? callee.object?.property?.name;
  return receiver === 'log' && levels.has(callee.property?.name ?? '');
}

function textOf({ type, value, quasis }: Node): string {
  if (type === 'StringLiteral') return String(value);
  if (type === 'TemplateLiteral') return quasis?.map((part) => part.value.raw).join('\0') ?? '';
  return '';
}
