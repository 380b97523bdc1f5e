import { join } from 'node:path';
import { ChartImagesError } from '../../core/errors.ts';
import { readText } from '../../core/files/read-file.ts';
import type { ConfigSource } from './docker-config.ts';

/** A file of logins has a few kilobytes; those of build machines with hundreds of registries stay below this. */
const maximumBytes = 1024 * 1024;

/** A place where programs like docker and podman leave what they logged in with. */
export interface DockerConfigLocation extends ConfigSource {
  /** Why there is nothing to read, where there is not. */
  readonly absent: string;
  /** Undefined where there is none. */
  read(): Promise<string | undefined>;
}

export interface LocationOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly homeFolder: string;
}

/**
 * The places in their order: docker's variable, which wins over its file (docker/cli 28.3), the files of podman, buildah and
 * skopeo (containers-auth.json(5)), docker's file.
 */
export function dockerConfigLocations({ environment, homeFolder }: LocationOptions): readonly DockerConfigLocation[] {
  const set = (name: string) => environment[name] || undefined;
  const below = (folder: string | undefined) => folder && join(folder, 'containers', 'auth.json');
  return [
    variable('DOCKER_AUTH_CONFIG', set('DOCKER_AUTH_CONFIG')),
    file('REGISTRY_AUTH_FILE', set('REGISTRY_AUTH_FILE')),
    file('XDG_RUNTIME_DIR', below(set('XDG_RUNTIME_DIR'))),
    file('XDG_CONFIG_HOME', below(set('XDG_CONFIG_HOME') ?? join(homeFolder, '.config'))),
    file('DOCKER_CONFIG', join(set('DOCKER_CONFIG') ?? join(homeFolder, '.docker'), 'config.json')),
  ];
}

function variable(name: string, text: string | undefined): DockerConfigLocation {
  return { name, file: undefined, absent: 'not set', read: async () => text };
}

/** A file whose folder, or which itself, a variable may name. */
function file(named: string, path: string | undefined): DockerConfigLocation {
  if (path === undefined) return variable(named, undefined);
  const read = async () => {
    try {
      return await readText(path, { maximumBytes });
    } catch (error) {
      if (error instanceof ChartImagesError && error.code === 'file-not-found') return undefined;
      throw error;
    }
  };
  return { name: path, file: path, absent: 'no such file', read };
}
