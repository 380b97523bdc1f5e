import { join } from 'node:path';

/**
 * What helm may see of the outer environment: enough to start and to find temporary folders. Everything else stays out:
 * tokens and inputs, proxies, which may hold a password, HELM_NAMESPACE and KUBECONFIG, which change what is rendered, and
 * KUBERNETES_SERVICE_HOST, which lets a runner inside a cluster lend its namespace.
 */
const kept: ReadonlySet<string> = new Set([
  'PATH',
  'HOME',
  'TEMP',
  'TMP',
  'TMPDIR',
  // Windows programs do not start, or do not resolve names, without these.
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
 * Nothing listens there, and nothing can. Helm has no business with any host: whatever would make it ask one fails here, all but
 * loopback addresses, for which Go's client uses no proxy.
 */
const nowhere = 'http://127.0.0.1:0';

/** From here on Go collects garbage more often; the bound at which helm is ended is above (run-helm.ts). */
const softMemoryLimit = '768MiB';

/**
 * Variables for helm. All that helm keeps lives below `folder`; nothing has to exist there, and helm has no login. Names are
 * compared without case, because Windows has only one.
 */
export function helmEnvironment(
  outer: Readonly<Record<string, string | undefined>>,
  folder: string,
  repositories: string = join(folder, 'no-repositories'),
): Readonly<Record<string, string>> {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(outer)) {
    if (value !== undefined && kept.has(name.toUpperCase())) environment[name] = value;
  }
  return {
    ...environment,
    HELM_CACHE_HOME: join(folder, 'helm-cache'),
    HELM_CONFIG_HOME: join(folder, 'helm-config'),
    HELM_DATA_HOME: join(folder, 'helm-data'),
    HELM_REGISTRY_CONFIG: join(folder, 'no-registries'),
    HELM_REPOSITORY_CONFIG: repositories,
    // Plugins are programs of the runner's user; a chart can name them as downloaders.
    HELM_NO_PLUGINS: '1',
    // Helm always falls back to docker's own credentials, and to the kube config's namespace: both are led to nothing.
    DOCKER_CONFIG: join(folder, 'no-docker-config'),
    KUBECONFIG: join(folder, 'no-kube-config'),
    HTTP_PROXY: nowhere,
    HTTPS_PROXY: nowhere,
    NO_COLOR: '1',
    GOMEMLIMIT: softMemoryLimit,
  };
}
