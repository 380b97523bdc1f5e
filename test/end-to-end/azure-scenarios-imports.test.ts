import { describeScenarios } from '../azure/scenarios/described.ts';
import { imports, manyImports } from '../azure/scenarios/imports.ts';
import { isWholeMatrix } from '../support/matrix.ts';

describeScenarios('Copies inside Azure', [...imports, ...(isWholeMatrix ? manyImports : [])]);
