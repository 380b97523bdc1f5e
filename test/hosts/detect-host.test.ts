import { describe, expect, test } from 'vitest';
import { detectHost } from '../../src/hosts/detect-host.ts';

const github = { GITHUB_ACTIONS: 'true', GITHUB_OUTPUT: 'output' };
const azure = { TF_BUILD: 'True', AGENT_TEMPDIRECTORY: 'temp' };

describe('where chart-images runs', () => {
  test('with a runner and its inputs it is a GitHub action', () => {
    expect(detectHost({ env: { ...github, 'INPUT_INPUT-FILE': '' }, arguments: [] })).toBe('github');
  });

  test('with an agent and its inputs it is an Azure Pipelines task', () => {
    expect(detectHost({ env: { ...azure, INPUT_CHARTS: 'charts/a' }, arguments: [] })).toBe('azure');
    expect(detectHost({ env: { AGENT_TEMPDIRECTORY: 'temp', INPUT_CHARTS: 'a' }, arguments: [] })).toBe('azure');
  });

  test('as a command with arguments it is a terminal, also in a step of a pipeline', () => {
    expect(detectHost({ env: { ...github, INPUT_CHARTS: 'a' }, arguments: ['charts/a'] })).toBe('terminal');
    expect(detectHost({ env: azure, arguments: ['--push'] })).toBe('terminal');
  });

  test('as a command without arguments in a step of a pipeline it is a terminal, because no runner gave inputs', () => {
    expect(detectHost({ env: github, arguments: [] })).toBe('terminal');
    expect(detectHost({ env: azure, arguments: [] })).toBe('terminal');
  });

  test('on a machine that is no runner it is a terminal, whatever variables begin with INPUT_', () => {
    expect(detectHost({ env: { INPUT_METHOD: 'ibus' }, arguments: [] })).toBe('terminal');
    expect(detectHost({ env: {}, arguments: [] })).toBe('terminal');
  });
});
