import type { Host } from '../hosts/host.ts';
import type { Settings } from '../inputs/settings.ts';
import type { Outside } from '../outside.ts';
import type { Report } from '../report/report.ts';

/** What the chapters share. */
export interface Story {
  readonly settings: Settings;
  readonly outside: Outside;
  readonly host: Host;
  readonly signal: AbortSignal;
  readonly learn: (part: Partial<Report>) => void;
}
