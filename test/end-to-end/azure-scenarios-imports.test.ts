import { describeScenarios } from '../azure/scenarios/described.ts';
import { imports, manyImports } from '../azure/scenarios/imports.ts';

describeScenarios('Copies inside Azure', [...imports, ...manyImports]);
