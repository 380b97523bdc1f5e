import { expect, test } from 'vitest';
import { childEnvironment } from '../../../src/core/process/child-environment.ts';

test('a child gets the variables of the user, and nothing of what the run was given', () => {
  const kept = { PATH: '/bin', AWS_SECRET_ACCESS_KEY: 'his', HTTPS_PROXY: 'http://proxy' };
  const dropped = {
    'INPUT_REGISTRY-CREDENTIALS': 's',
    ENDPOINT_AUTH_PARAMETER_1_PASSWORD: 's',
    SECRET_PASSWORD: 's',
    SECUREFILE_TICKET_1: 's',
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: 's',
    DOCKER_AUTH_CONFIG: 's',
    CHART_IMAGES_REGISTRY_CREDENTIALS: 's',
    SYSTEM_ACCESSTOKEN: 's',
    system_accesstoken: 's',
    UNSET: undefined,
  };
  expect(childEnvironment({ ...kept, ...dropped, AZURE_CLIENT_SECRET: 's' }, /^AZURE_/)).toEqual(kept);
});
