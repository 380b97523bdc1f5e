import { join } from 'node:path';
import { ChartImagesError } from '../../core/errors.ts';
import { readText } from '../../core/files/read-file.ts';
import type { ConfigSource } from './docker-config.ts';
import { unfilledCause, unfilledMacro } from './unfilled-macro.ts';

/** A configuration file has a few kilobytes, and less than this with hundreds of registries. */
const maximumBytes = 1024 * 1024;

/** A location of credentials of docker or podman. */
export interface DockerConfigLocation extends ConfigSource {
  /** For explanations, if `read` returns undefined. */
  readonly absent: string;
  /** Undefined if there is no configuration. */
  read(): Promise<string | undefined>;
}

export interface LocationOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly homeFolder: string;
}

/**
 * In order: docker's variable, which overrides its file (docker/cli 28.3), the files of podman, buildah and skopeo
 * (containers-auth.json(5)), and docker's file.
 */
export function dockerConfigLocations({ environment, homeFolder }: LocationOptions): readonly DockerConfigLocation[] {
  const set = (name: string) => environment[name] || undefined;
  const below = (folder: string | undefined) => folder && join(folder, 'containers', 'auth.json');
  const unfilled = unfilledMacro(environment, 'DOCKER_AUTH_CONFIG');
  return [
    unfilled === undefined
      ? variable('DOCKER_AUTH_CONFIG', set('DOCKER_AUTH_CONFIG'))
      : { ...variable('DOCKER_AUTH_CONFIG', undefined), absent: unfilledCause(unfilled) },
    file('REGISTRY_AUTH_FILE', set('REGISTRY_AUTH_FILE')),
    file('XDG_RUNTIME_DIR', below(set('XDG_RUNTIME_DIR'))),
    file('XDG_CONFIG_HOME', below(set('XDG_CONFIG_HOME') ?? join(homeFolder, '.config'))),
    file('DOCKER_CONFIG', join(set('DOCKER_CONFIG') ?? join(homeFolder, '.docker'), 'config.json')),
  ];
}

function variable(name: string, text: string | undefined): DockerConfigLocation {
  return { name, file: undefined, absent: 'not set', read: async () => text };
}

/** `variableName` contains the path of the file or of its folder. */
function file(variableName: string, path: string | undefined): DockerConfigLocation {
  if (path === undefined) return variable(variableName, undefined);
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
