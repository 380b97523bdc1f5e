import type { KubernetesObject } from './kubernetes-object.ts';
import type { NamedText } from './named-text.ts';
import { below, type Path } from './path.ts';
import { type Spot, spotOf, spotOfLine } from './spot.ts';
import type { TextNode, TreeNode } from './tree.ts';
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

/** What every argument list, command and script of an object says. */
export function argumentLists(object: KubernetesObject): readonly (readonly NamedText[])[] {
  const lists: (readonly NamedText[])[] = [];
  walk(object.node, object.path, {
    map({ node, path }) {
      for (const [key, child] of node.entries) {
        if (child.type !== 'map' && holdsArguments(key)) lists.push(argumentsOf(child, below(path, key)));
      }
    },
  });
  return lists;
}

/**
 * What arguments say, flag by flag: `--flag=value`, `--flag value`, `KEY=value`, and the same inside a script
 * (`sh -c "run -flag=\"value\""`). Values that no flag names have an empty name.
 */
function argumentsOf(node: TreeNode, path: Path): readonly NamedText[] {
  if (node.type === 'text') return scriptArguments(node, path);
  if (node.type === 'map') return [];
  const found: NamedText[] = [];
  let flag = '';
  for (const [index, item] of node.items.entries()) {
    if (item.type !== 'text') continue;
    const at = below(path, index);
    const text = item.text.trim();
    if (/\s/.test(text) && !/^-[^\s]*=/.test(text)) {
      found.push(...scriptArguments(item, at, flag));
      flag = '';
    } else flag = takeWord(text, flag, spotOf(item, at), found);
  }
  return found;
}

/** The words of a command or script in one text. */
export function scriptArguments(node: TextNode, path: Path, waiting = ''): readonly NamedText[] {
  const found: NamedText[] = [];
  let flag = waiting;
  for (const [index, line] of node.text.split('\n').entries()) {
    const spot = spotOfLine(node, path, index);
    for (const word of shellWords(line)) flag = takeWord(word, flag, spot, found);
    // The value of a flag stands in the next line only where a backslash joins the two.
    if (!line.trimEnd().endsWith('\\')) flag = '';
  }
  return found;
}

const shellWord = /(?:[^\s"';|&()<>`]|"[^"]*"|'[^']*')+/g;

function shellWords(line: string): readonly string[] {
  const words = line.match(shellWord) ?? [];
  const comment = words.findIndex((word) => word.startsWith('#'));
  return comment < 0 ? words : words.slice(0, comment);
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
