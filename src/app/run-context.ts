import type { Host } from '../hosts/host.ts';
import type { Settings } from '../inputs/settings.ts';
import type { Report } from '../report/model/report.ts';
import type { Services } from './services.ts';
import type { SettledRules } from './settle-rules.ts';

/** What the steps share. */
export interface RunContext {
  readonly settings: Settings;
  /** Where the settings come from on a run for a change. */
  readonly rules: SettledRules;
  readonly services: Services;
  readonly host: Host;
  readonly signal: AbortSignal;
  readonly updateReport: (part: Partial<Report>) => void;
}
