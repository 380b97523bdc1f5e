import { Writable } from 'node:stream';
import type { DrawingSize } from './draw-progress.ts';

/** Some lines at the bottom of a terminal that are drawn over and over, below what is written. */
export interface StatusArea {
  /** Takes the place of what was drawn before. */
  draw(lines: readonly string[]): void;
  /** Writes above the drawing. */
  writeAbove(write: () => void): void;
  /** Takes the drawing away. */
  end(): void;
}

export interface Terminal {
  write(text: string): void;
  /** As it is now: a person may change it. */
  size(): DrawingSize;
}

/** Loads the library that draws: most runs are not watched. */
export async function openLiveArea(terminal: Terminal): Promise<StatusArea> {
  const { createLogUpdate } = await import('log-update');
  // The cursor stays as it is, so that a run that is killed does not leave a terminal without one.
  const update = createLogUpdate(new TerminalStream(terminal), { showCursor: true });
  let drawn: readonly string[] = [];
  return {
    draw(lines) {
      drawn = lines;
      if (lines.length > 0) update(lines.join('\n'));
    },
    writeAbove(write) {
      update.clear();
      write();
      if (drawn.length > 0) update(drawn.join('\n'));
    },
    end() {
      drawn = [];
      update.clear();
      update.done();
    },
  };
}

/** What the library draws on: it asks for the size each time. */
class TerminalStream extends Writable {
  readonly #terminal: Terminal;

  constructor(terminal: Terminal) {
    super({ decodeStrings: false });
    this.#terminal = terminal;
  }

  get columns(): number {
    return this.#terminal.size().columns;
  }

  get rows(): number {
    return this.#terminal.size().rows;
  }

  override _write(text: string, _: BufferEncoding, done: () => void): void {
    this.#terminal.write(text);
    done();
  }
}
