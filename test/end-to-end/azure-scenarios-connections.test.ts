import { connections } from '../azure/scenarios/connections.ts';
import { describeScenarios } from '../azure/scenarios/described.ts';

describeScenarios('Service connections of Azure Pipelines', connections);
