/** The rule of the house as a function over values: the table of ARCHITECTURE.md on one side, imports on the other. */
import type { Import } from './imports.ts';

/** Floor by room; a room is a folder of `src/` (`http/`) or a file directly in it (`errors.ts`). */
export type Floors = ReadonlyMap<string, number>;

/** Reads the rows `| floor | room, room | ... |`; rooms are what stands in backticks in the second column. */
export function readFloors(architecture: string): Floors {
  const rows = architecture.matchAll(/^\|\s*(\d+)\s*\|([^|]*)\|/gm);
  return new Map(
    [...rows].flatMap(([, floor, rooms = '']) =>
      [...rooms.matchAll(/`([^`]+)`/g)].map(([, room = '']): [string, number] => [room, Number(floor)]),
    ),
  );
}

export function roomOf(path: string): string {
  const slash = path.indexOf('/');
  return slash < 0 ? path : path.slice(0, slash + 1);
}

/** The one import along a floor: the door opens on the story. */
function isTheDoor({ from, to }: Import): boolean {
  return from === 'main.ts' && to === 'run.ts';
}

/** One sentence for each import that does not lead to its own room or to a lower floor. */
export function wrongImports(imports: readonly Import[], floors: Floors): readonly string[] {
  return imports.flatMap((one) => {
    const [from, to] = [roomOf(one.from), roomOf(one.to)];
    const [upper, lower] = [floors.get(from), floors.get(to)];
    if (upper === undefined || lower === undefined) {
      return [`${one.from} imports ${one.to}, and ${upper === undefined ? from : to} has no floor`];
    }
    if (from === to || lower < upper || isTheDoor(one)) return [];
    return [`${one.from} (floor ${upper}) imports ${one.to} (floor ${lower})`];
  });
}

/** Files that import themselves by way of others, each circle told once from its first file in the alphabet. */
export function circles(imports: readonly Import[]): readonly string[] {
  const targets = new Map<string, string[]>();
  for (const { from, to } of imports) targets.set(from, [...(targets.get(from) ?? []), to]);
  const found = new Set<string>();
  const finished = new Set<string>();
  const walk = (file: string, way: readonly string[]): void => {
    const start = way.indexOf(file);
    if (start >= 0) {
      const circle = way.slice(start);
      const first = circle.indexOf([...circle].sort()[0] ?? file);
      found.add([...circle.slice(first), ...circle.slice(0, first + 1)].join(' → '));
    }
    if (start >= 0 || finished.has(file)) return;
    for (const to of targets.get(file) ?? []) walk(to, [...way, file]);
    finished.add(file);
  };
  for (const file of targets.keys()) walk(file, []);
  return [...found];
}
