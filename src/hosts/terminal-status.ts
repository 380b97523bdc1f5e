import { Writable } from 'node:stream';
import type { DrawingSize } from './draw-progress.ts';

/** Lines at the bottom of a terminal that are redrawn in place. */
export interface StatusArea {
  /** Replaces the previous lines. */
  draw(lines: readonly string[]): void;
  /** Writes above the lines. */
  writeAbove(write: () => void): void;
  /** Removes the lines. */
  end(): void;
}

export interface Terminal {
  write(text: string): void;
  /** The current size: users resize terminals. */
  size(): DrawingSize;
}

/** Imports the library on first use, because most runs are not interactive. */
export async function createStatusArea(terminal: Terminal): Promise<StatusArea> {
  const { createLogUpdate } = await import('log-update');
  // If the cursor were hidden, a killed run would not restore it.
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

/** The stream for the library, which reads the size at each update. */
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
