import type { Host } from '../hosts/host.ts';
import type { Settings } from '../inputs/settings.ts';
import type { Report } from '../report/model/report.ts';
import type { Services } from './services.ts';
import type { SettledRules } from './settle-rules.ts';

/** The values that the steps of a run share. */
export interface RunContext {
  readonly settings: Settings;
  /** The rules that apply when a change is checked. */
  readonly rules: SettledRules;
  readonly services: Services;
  readonly host: Host;
  readonly signal: AbortSignal;
  readonly updateReport: (part: Partial<Report>) => void;
}
