import { join } from 'node:path';

/**
 * The variables that Helm inherits. All others are dropped: tokens, inputs, proxies (which can contain a password),
 * HELM_NAMESPACE and KUBECONFIG (which change the rendering), and KUBERNETES_SERVICE_HOST (which makes Helm use the
 * namespace of a runner in a cluster).
 */
const inherited: ReadonlySet<string> = new Set([
  'PATH',
  'HOME',
  'TEMP',
  'TMP',
  'TMPDIR',
  // Without these, Windows programs do not start or do not resolve names.
  'SYSTEMROOT',
  'SYSTEMDRIVE',
  'WINDIR',
  'COMSPEC',
  'PATHEXT',
  'USERPROFILE',
  'APPDATA',
  'LOCALAPPDATA',
  'PROGRAMDATA',
]);

/**
 * An address that nothing can listen on. As a proxy, it makes every request of Helm fail, except to loopback addresses,
 * for which Go uses no proxy.
 */
const unreachableProxy = 'http://127.0.0.1:0';

/** Go collects garbage more often above this; the hard limit is higher (run-helm.ts). */
const softMemoryLimit = '768MiB';

/**
 * Environment variables for Helm. All its files are below `folder`, which can be empty, and it has no credentials.
 * Names are compared without case, as on Windows.
 */
export function helmEnvironment(
  outer: Readonly<Record<string, string | undefined>>,
  folder: string,
  repositories: string = join(folder, 'no-repositories'),
): Readonly<Record<string, string>> {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(outer)) {
    if (value !== undefined && inherited.has(name.toUpperCase())) environment[name] = value;
  }
  return {
    ...environment,
    HELM_CACHE_HOME: join(folder, 'helm-cache'),
    HELM_CONFIG_HOME: join(folder, 'helm-config'),
    HELM_DATA_HOME: join(folder, 'helm-data'),
    HELM_REGISTRY_CONFIG: join(folder, 'no-registries'),
    HELM_REPOSITORY_CONFIG: repositories,
    // A chart can use plugins, which are programs of the runner's user, as downloaders.
    HELM_NO_PLUGINS: '1',
    // Otherwise, Helm falls back to Docker's credentials, and to the namespace of the kubeconfig.
    DOCKER_CONFIG: join(folder, 'no-docker-config'),
    KUBECONFIG: join(folder, 'no-kube-config'),
    HTTP_PROXY: unreachableProxy,
    HTTPS_PROXY: unreachableProxy,
    NO_COLOR: '1',
    GOMEMLIMIT: softMemoryLimit,
  };
}
