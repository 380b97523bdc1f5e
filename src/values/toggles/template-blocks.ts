import { countLines } from '../../discovery/yaml/document.ts';
import { type ReferencedPath, referencesIn, type Scope } from './value-references.ts';

/** A condition that a part of a template depends on. */
export interface Condition {
  /** The expression: `.Values.metrics.enabled`, `and .Values.a (not .Values.b)`. */
  readonly text: string;
  /** Referenced values, from the root of the values of the chart. */
  readonly values: readonly ReferencedPath[];
  /** `else`: printed if the expression is empty. */
  readonly branch: 'then' | 'else';
}

/** A part of a template with its conditions, outermost first. */
export interface Block {
  /** 1-based. */
  readonly firstLine: number;
  /** Included. */
  readonly lastLine: number;
  /** Includes the enclosing actions. */
  readonly text: string;
  /** Empty for a named template, which does not inherit conditions. */
  readonly conditions: readonly Condition[];
  readonly name: string | undefined;
}

/** Templates with more actions are generated and have no useful conditions. */
const maximumActions = 20_000;

interface OpenBlock {
  readonly scope: Scope;
  readonly conditions: readonly Condition[];
  readonly firstLine: number;
  readonly start: number;
  readonly name?: string | undefined;
}

/**
 * Blocks of `if`, `with`, and `else` (text/template, "Actions"), inner before outer. Helm has parsed the text, so an
 * unknown construct only costs a hint.
 */
export function blocksOf(template: string): readonly Block[] {
  const blocks: Block[] = [];
  const stack: OpenBlock[] = [];
  const variables = new Map<string, ReferencedPath>();
  let line = 1;
  let counted = 0;
  let actions = 0;
  for (const action of actionsIn(template)) {
    actions += 1;
    if (actions > maximumActions) break;
    line += countLines(template, counted, action.index);
    counted = action.index;
    const { text } = action;
    const top = stack.at(-1);
    const scope: Scope = top?.scope ?? { dot: [], variables };
    const [, keyword = '', expression = ''] = /^(if|with|range|define|block|else|end)\b\s*(.*)$/s.exec(text) ?? [];
    const close = (): void => {
      const open = stack.pop();
      if (open === undefined || (open.conditions.length === 0 && open.name === undefined)) return;
      const { firstLine, start, conditions, name } = open;
      blocks.push({ firstLine, lastLine: line, text: template.slice(start, action.index), conditions, name });
    };
    const at = { firstLine: line, start: action.index };
    const inside = top?.conditions ?? [];
    switch (keyword) {
      case 'if':
        stack.push({ scope, conditions: [...inside, conditionOf(expression, scope)], ...at });
        break;
      case 'with': {
        const [only, ...others] = referencesIn(expression, scope);
        const dot = others.length === 0 ? only : undefined;
        stack.push({ scope: { dot, variables }, conditions: [...inside, conditionOf(expression, scope)], ...at });
        break;
      }
      case 'range':
        stack.push({ scope: { dot: undefined, variables }, conditions: inside, ...at });
        break;
      case 'define':
      case 'block':
        stack.push({ scope: { dot: [], variables }, conditions: [], name: /^"([^"]+)"/.exec(expression)?.[1], ...at });
        break;
      case 'else': {
        close();
        const outer = stack.at(-1)?.conditions ?? [];
        const passed = inside.slice(outer.length).map((condition): Condition => ({ ...condition, branch: 'else' }));
        const requested = /^(?:if|with)\s+(.*)$/s.exec(expression)?.[1];
        const own = requested === undefined ? [] : [conditionOf(requested, scope)];
        const elseScope = stack.at(-1)?.scope ?? { dot: [], variables };
        stack.push({ scope: elseScope, conditions: [...outer, ...passed, ...own], ...at });
        break;
      }
      case 'end':
        close();
        break;
      default:
        recordVariable(text, scope, variables);
    }
  }
  return blocks;
}

interface Action {
  readonly index: number;
  readonly text: string;
}

/** Without a regular expression, which takes cubic time for long runs of blanks. */
function* actionsIn(template: string): Generator<Action, void, undefined> {
  for (let index = template.indexOf('{{'); index >= 0; ) {
    const end = template.indexOf('}}', index + 2);
    if (end < 0) return;
    const inside = template.slice(index + 2, end);
    const left = inside.startsWith('-') ? 1 : 0;
    yield { index, text: inside.slice(left, inside.endsWith('-') ? -1 : undefined).trim() };
    index = template.indexOf('{{', end + 2);
  }
}

/** Conditions of a line. */
export function conditionsAt(blocks: readonly Block[], line: number): readonly Condition[] {
  // Inner blocks are first and include outer conditions.
  return blocks.find((block) => block.firstLine <= line && line <= block.lastLine)?.conditions ?? [];
}

function conditionOf(text: string, scope: Scope): Condition {
  return { text, values: referencesIn(text, scope), branch: 'then' };
}

/** `$metrics := .Values.metrics` */
function recordVariable(action: string, scope: Scope, variables: Map<string, ReferencedPath>): void {
  const [, name, expression] = /^\$(\w+)\s*:?=\s*(.*)$/s.exec(action) ?? [];
  if (name === undefined || expression === undefined) return;
  const [only, ...others] = referencesIn(expression, scope);
  if (only !== undefined && others.length === 0) variables.set(name, only);
}
