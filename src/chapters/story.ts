import type { Host } from '../hosts/host.ts';
import type { Settings } from '../inputs/settings.ts';
import type { Outside } from '../outside.ts';
import type { Report } from '../report/report.ts';
import type { SettledRules } from '../settle-rules.ts';

/** What the chapters share. */
export interface Story {
  readonly settings: Settings;
  /** Where the settings come from on a run for a change. */
  readonly rules: SettledRules;
  readonly outside: Outside;
  readonly host: Host;
  readonly signal: AbortSignal;
  readonly learn: (part: Partial<Report>) => void;
}
