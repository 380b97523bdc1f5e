import { describeScenarios } from '../azure/scenarios/described.ts';
import { tokens } from '../azure/scenarios/tokens.ts';

describeScenarios("Tokens of Azure's registries", tokens);
