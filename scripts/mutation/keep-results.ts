/**
 * A reporter for Stryker that writes each result down as it comes, so that a run which is ended early has not been for
 * nothing.
 */
import { appendFileSync } from 'node:fs';
import type { MutantResult } from '@stryker-mutator/api/core';
import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin';

class KeepResults {
  onMutantTested(result: Readonly<MutantResult>): void {
    const file = process.env['MUTATION_RESULTS'];
    if (file !== undefined) appendFileSync(file, `${JSON.stringify(result)}\n`);
  }
}

export const strykerPlugins = [declareClassPlugin(PluginKind.Reporter, 'keep-results', KeepResults)];
