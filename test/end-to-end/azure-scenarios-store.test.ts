import { describeScenarios } from '../azure/scenarios/described.ts';
import { artifactStore } from '../azure/scenarios/store.ts';

describeScenarios("AOSM's artifact store", artifactStore);
