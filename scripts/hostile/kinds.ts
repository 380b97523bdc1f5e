import type { Kind } from './kind.ts';
import { environment } from './kinds/environment.ts';
import { cnfInput, config, dockerConfig, eventFiles } from './kinds/files.ts';
import { mergeReports } from './kinds/merge-reports.ts';
import { registryAnswers } from './kinds/registry-answers.ts';
import { renderings } from './kinds/renderings.ts';
import { challenges, helmErrors } from './kinds/texts.ts';

/** Everything that strangers write and that is given to modules in this process. */
export const kinds: readonly Kind[] = [
  renderings,
  cnfInput,
  config,
  dockerConfig,
  challenges,
  registryAnswers,
  helmErrors,
  eventFiles,
  environment,
  mergeReports,
];
