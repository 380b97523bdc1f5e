import { describeScenarios } from '../azure/scenarios/described.ts';
import { identities } from '../azure/scenarios/logins.ts';

describeScenarios('Identities of Microsoft Entra ID', identities);
