import { join } from 'node:path';

/**
 * What helm may see of the outer environment: enough to start programs, find temporary folders and reach hosts.
 * Everything else stays out: tokens and inputs, HELM_NAMESPACE and KUBECONFIG, which change what is rendered, and
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
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'ALL_PROXY',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
]);

/** From here on Go collects garbage more often; the bound at which helm is ended is above (run-helm.ts). */
const softMemoryLimit = '768MiB';

/** Where helm finds who it is to registries and repositories. */
export interface LoginFiles {
  /** In the form of docker's config.json. */
  readonly registries: string;
  /** In the form of helm's repositories.yaml. */
  readonly repositories: string;
}

/**
 * The environment of a helm process. All that helm keeps lives below `folder`; nothing has to exist there, and nobody is logged in where no logins are given. Names are
 * compared without case: proxies come in both, and Windows has only one.
 */
export function helmEnvironment(
  outer: Readonly<Record<string, string | undefined>>,
  folder: string,
  logins: LoginFiles = { registries: join(folder, 'no-registries'), repositories: join(folder, 'no-repositories') },
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
    HELM_REGISTRY_CONFIG: logins.registries,
    HELM_REPOSITORY_CONFIG: logins.repositories,
    // Plugins are programs of the runner's user; a chart can name them as downloaders.
    HELM_NO_PLUGINS: '1',
    // Helm always falls back to docker's own credentials, and to the kube config's namespace: both are led to nothing.
    DOCKER_CONFIG: join(folder, 'no-docker-config'),
    KUBECONFIG: join(folder, 'no-kube-config'),
    NO_COLOR: '1',
    GOMEMLIMIT: softMemoryLimit,
  };
}
