import { describeScenarios } from '../azure/scenarios/described.ts';
import { leftLogins } from '../azure/scenarios/logins.ts';

describeScenarios('Logins that earlier steps left', leftLogins);
