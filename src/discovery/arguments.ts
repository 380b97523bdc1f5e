import type { KubernetesObject } from './kubernetes-object.ts';
import type { NamedText } from './named-text.ts';
import { below, type Path } from './path.ts';
import { withoutPrintedProse } from './printed-prose.ts';
import { type Spot, spotOf, spotOfLine } from './spot.ts';
import type { ListNode, TextNode } from './tree.ts';
import { walk } from './walk.ts';
import { wordsOf } from './words.ts';

const argumentKeys: ReadonlySet<string> = new Set(
  'arg args argument arguments cmd command commands entrypoint flags script'.split(' '),
);

/** True for keys that hold arguments or a command: `args`, `command`, `extraArgs`, `controllerFlags`. */
export function holdsArguments(key: string): boolean {
  const last = wordsOf(key).at(-1);
  return last !== undefined && argumentKeys.has(last);
}

/** What every argument list, command and script of an object says, command by command. */
export function argumentLists(object: KubernetesObject): readonly (readonly NamedText[])[] {
  const lists: (readonly NamedText[])[] = [];
  walk(object.node, object.path, {
    map({ node, path }) {
      for (const [key, child] of node.entries) {
        if (child.type === 'map' || !holdsArguments(key)) continue;
        for (const command of commandsOf(child, below(path, key))) lists.push(command);
      }
    },
  });
  return lists;
}

/**
 * What arguments say, flag by flag: `--flag=value`, `--flag value`, `KEY=value`, and the same inside a script
 * (`sh -c "run -flag=\"value\""`). Values that no flag names have an empty name.
 */
function commandsOf(node: TextNode | ListNode, path: Path): readonly (readonly NamedText[])[] {
  if (node.type === 'text') return scriptCommands(node, path);
  const own: NamedText[] = [];
  const commands: (readonly NamedText[])[] = [own];
  let flag = '';
  for (const [index, item] of node.items.entries()) {
    if (item.type !== 'text') continue;
    const at = below(path, index);
    const text = item.text.trim();
    if (!/\s/.test(text) || /^-[^\s]*=/.test(text)) {
      flag = takeWord(text, flag, spotOf(item, at), own);
      continue;
    }
    const script = scriptCommands(item, at, flag);
    flag = '';
    // No script begins with a dash: `--flag value` in one item is a part of the list's own command.
    if (text.startsWith('-') && script.length === 1) for (const named of script[0] ?? []) own.push(named);
    else for (const command of script) commands.push(command);
  }
  return commands;
}

/** The words of a command or script in one text. */
export function scriptArguments(node: TextNode, path: Path): readonly NamedText[] {
  return scriptCommands(node, path).flat();
}

/**
 * The words of a script, command by command: flags of different commands never speak of the same thing. What a script
 * assigns to variables holds for all of it, and stands together in front.
 */
function scriptCommands(node: TextNode, path: Path, waiting = ''): readonly (readonly NamedText[])[] {
  const commands: NamedText[][] = [[]];
  let flag = waiting;
  let word = 0;
  const endCommand = (): void => {
    flag = '';
    if (commands.at(-1)?.length !== 0) commands.push([]);
  };
  for (const [index, line] of node.text.split('\n').entries()) {
    const spot = spotOfLine(node, path, index);
    for (const token of shellTokens(withoutPrintedProse(line))) {
      if (commandEnd.test(token)) endCommand();
      else if (!redirection.test(token)) {
        word += 1;
        flag = takeWord(token, flag, { ...spot, word }, commands.at(-1) ?? []);
      }
    }
    // A command goes on in the next line only where a backslash joins the two.
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

/** True for a command that does nothing but give values to variables. */
function assigns(command: readonly NamedText[]): boolean {
  return command.every(({ name, text }) => /^[A-Za-z_]\w*$/.test(name) || declarations.has(text));
}

/** Notes what a word says; returns the flag that still waits for its value. */
function takeWord(word: string, waiting: string, spot: Spot, found: NamedText[]): string {
  const equals = word.indexOf('=');
  const name = equals < 0 ? word : word.slice(0, equals);
  if (equals > 0 && /^-{0,2}[A-Za-z][\w.-]*$/.test(name)) {
    found.push({ name, text: unquote(word.slice(equals + 1)), spot });
    return '';
  }
  if (/^--?[A-Za-z][\w.-]*$/.test(word)) return word;
  if (word !== '\\') found.push({ name: waiting, text: unquote(word), spot });
  return word === '\\' ? waiting : '';
}

function unquote(text: string): string {
  return /^(["']).*\1$/s.test(text) ? text.slice(1, -1) : text;
}
