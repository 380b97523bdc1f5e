import { describe, expect, it } from 'vitest';
import { helmEnvironment } from '../../../src/helm/cli/helm-environment.ts';

describe('the environment of helm', () => {
  it('holds only what programs need, and leads every host to nowhere', () => {
    const kept = {
      PATH: '/bin',
      HOME: '/h',
      SystemRoot: 'C:\\W',
    };
    const dropped = {
      HELM_NAMESPACE: 'evil',
      HELM_KUBECONTEXT: 'evil',
      HELM_PLUGINS: '/plugins',
      HELM_DEBUG: 'true',
      KUBERNETES_SERVICE_HOST: '10.0.0.1',
      POD_NAMESPACE: 'evil',
      INPUT_TOKEN: 'secret',
      ACTIONS_RUNTIME_TOKEN: 'secret',
      GITHUB_TOKEN: 'secret',
      SYSTEM_ACCESSTOKEN: 'secret',
      AZURE_CLIENT_SECRET: 'secret',
      REGISTRY_AUTH_FILE: '/auth.json',
      https_proxy: 'http://user:secret@p',
      NO_PROXY: 'evil',
      SSL_CERT_FILE: '/evil',
      UNSET: undefined,
    };
    const environment = helmEnvironment({ ...kept, ...dropped, KUBECONFIG: '/evil', DOCKER_CONFIG: '/evil' }, '/home');
    expect(environment).toMatchObject(kept);
    expect(Object.keys(environment).sort()).toEqual(
      [
        ...Object.keys(kept),
        'DOCKER_CONFIG',
        'GOMEMLIMIT',
        'HELM_CACHE_HOME',
        'HELM_CONFIG_HOME',
        'HELM_DATA_HOME',
        'HELM_NO_PLUGINS',
        'HELM_REGISTRY_CONFIG',
        'HELM_REPOSITORY_CONFIG',
        'HTTPS_PROXY',
        'HTTP_PROXY',
        'KUBECONFIG',
        'NO_COLOR',
      ].sort(),
    );
    expect(environment['HTTPS_PROXY']).toBe('http://127.0.0.1:0');
    expect(JSON.stringify(environment)).not.toMatch(/evil|secret/);
  });
});
