import { imagesInNamedValue, registryTransport } from '../classify/image-value.ts';
import { positionOf, positionOfLine, type RuleMatch, type YamlPosition } from '../classify/match.ts';
import type { NamedValue } from '../classify/named-value.ts';
import { stripPrintedText } from '../classify/shell-output.ts';
import { splitWords } from '../classify/split-words.ts';
import { walk } from '../classify/walk.ts';
import type { KubernetesObject } from '../kubernetes/kubernetes-object.ts';
import { childPath, type Path } from '../yaml/yaml-path.ts';
import type { ListNode, TextNode } from '../yaml/yaml-tree.ts';
import { joinVariables } from './join-variables.ts';

const argumentKeys: ReadonlySet<string> = new Set(
  'arg args argument arguments cmd command commands entrypoint flags script'.split(' '),
);

/** True for keys of arguments or commands: `args`, `command`, `extraArgs`, `controllerFlags`. */
export function holdsArguments(key: string): boolean {
  const last = splitWords(key).at(-1);
  return last !== undefined && argumentKeys.has(last);
}

/** References in arguments, commands and their scripts: `--sidecar-image=ref`, `pull ref`, `-image="ref" \`. */
export function findArguments(object: KubernetesObject): readonly RuleMatch[] {
  return argumentLists(object).flatMap(withoutCopyTarget).flatMap(imagesInNamedValue);
}

/** Flags that make one reference together: `--agent-image-repository=ref`, `--agent-image-tag=1`. */
export function findSplitArguments(object: KubernetesObject): readonly RuleMatch[] {
  return argumentLists(object).flatMap(joinVariables);
}

/** The flags and words of all argument lists, commands and scripts of an object, by command. */
function argumentLists(object: KubernetesObject): readonly (readonly NamedValue[])[] {
  const lists: (readonly NamedValue[])[] = [];
  walk(object.node, object.path, {
    map({ node, path }) {
      for (const [key, child] of node.entries) {
        if (child.type === 'map' || !holdsArguments(key)) continue;
        for (const command of commandsOf(child, childPath(path, key))) lists.push(command);
      }
    },
  });
  return lists;
}

/**
 * `--flag=value`, `--flag value`, `KEY=value`, and the same in a script (`sh -c "run -flag=\"value\""`). Values without
 * a flag have an empty name.
 */
function commandsOf(node: TextNode | ListNode, path: Path): readonly (readonly NamedValue[])[] {
  if (node.type === 'text') return scriptCommands(node, path);
  const own: NamedValue[] = [];
  const commands: (readonly NamedValue[])[] = [own];
  let flag = '';
  for (const [index, item] of node.items.entries()) {
    if (item.type !== 'text') continue;
    const at = childPath(path, index);
    const text = item.text.trim();
    if (!/\s/.test(text) || /^-[^\s]*=/.test(text)) {
      flag = takeWord(text, flag, positionOf(item, at), own);
      continue;
    }
    const script = scriptCommands(item, at, flag);
    flag = '';
    // A script does not start with a dash: `--flag value` in one item belongs to the command of the list.
    if (text.startsWith('-') && script.length === 1) for (const named of script[0] ?? []) own.push(named);
    else for (const command of script) commands.push(command);
  }
  return commands;
}

export function scriptArguments(node: TextNode, path: Path): readonly NamedValue[] {
  return scriptCommands(node, path).flatMap(withoutCopyTarget);
}

/**
 * Of two images with a transport in one command, the last is the one that it writes: `skopeo copy docker://a
 * docker://b`.
 */
function withoutCopyTarget(command: readonly NamedValue[]): readonly NamedValue[] {
  const transported = command.filter(({ text }) => text.startsWith(registryTransport));
  return transported.length < 2 ? command : command.filter((value) => value !== transported.at(-1));
}

/**
 * The words of a script by command, because flags of different commands are unrelated. Variable assignments apply to
 * the whole script, so they are one group, which is the first.
 */
function scriptCommands(node: TextNode, path: Path, waiting = ''): readonly (readonly NamedValue[])[] {
  const commands: NamedValue[][] = [[]];
  let flag = waiting;
  let word = 0;
  const endCommand = (): void => {
    flag = '';
    if (commands.at(-1)?.length !== 0) commands.push([]);
  };
  for (const [index, line] of node.text.split('\n').entries()) {
    const position = positionOfLine(node, path, index);
    for (const token of shellTokens(stripPrintedText(line))) {
      if (commandEnd.test(token)) endCommand();
      else if (!redirection.test(token)) {
        word += 1;
        flag = takeWord(token, flag, { ...position, word }, commands.at(-1) ?? []);
      }
    }
    // Only a backslash continues a command on the next line.
    if (!line.trimEnd().endsWith('\\')) endCommand();
  }
  const assigned = commands.filter(assigns).flat();
  return [assigned, ...commands.filter((command) => !assigns(command))].filter((command) => command.length > 0);
}

const shellToken = /(?:[^\s"';|&()<>`]|"[^"]*"|'[^']*')+|[<>]&|&>|[;|&]/g;
const commandEnd = /^[;|&]$/;
const redirection = /^(?:[<>]&|&>)$/;

function shellTokens(line: string): readonly string[] {
  const tokens = line.match(shellToken) ?? [];
  const comment = tokens.findIndex((token) => token.startsWith('#'));
  return comment < 0 ? tokens : tokens.slice(0, comment);
}

const declarations: ReadonlySet<string> = new Set('export declare local readonly typeset'.split(' '));

/** True for a command that only assigns variables. */
function assigns(command: readonly NamedValue[]): boolean {
  return command.every(({ name, text }) => /^[A-Za-z_]\w*$/.test(name) || declarations.has(text));
}

/** Adds the value in a word, if any. Returns the flag that still needs a value. */
function takeWord(word: string, waiting: string, position: YamlPosition, found: NamedValue[]): string {
  const equals = word.indexOf('=');
  const name = equals < 0 ? word : word.slice(0, equals);
  if (equals > 0 && /^-{0,2}[A-Za-z][\w.-]*$/.test(name)) {
    found.push({ name, text: unquote(word.slice(equals + 1)), position });
    return '';
  }
  if (/^--?[A-Za-z][\w.-]*$/.test(word)) return word;
  if (word !== '\\') found.push({ name: waiting, text: unquote(word), position });
  return word === '\\' ? waiting : '';
}

function unquote(text: string): string {
  return /^(["']).*\1$/s.test(text) ? text.slice(1, -1) : text;
}
