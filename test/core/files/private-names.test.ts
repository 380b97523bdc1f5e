import { describe, expect, test } from 'vitest';
import { isPrivateName, isVersionControl, privatePart } from '../../../src/core/files/private-names.ts';

describe('a file that tools keep secrets in', () => {
  test.each([
    ...['.git', '.env', '.env.production', '.envrc', '.npmrc', '.docker', '.netrc', '.ssh', '.azure', '.kube', '.aws'],
    ...[
      '.git-credentials',
      '.pypirc',
      '.vault-token',
      'gha-creds-0a1b2c.json',
      '_netrc',
      '.bash_history',
      '.yarnrc.yml',
    ],
  ])('is known by its name: %s', (name) => {
    expect(isPrivateName(name)).toBe(true);
    expect(privatePart(`a/${name}/b`)).toBe(name);
  });

  test.each([
    '.github',
    '.gitignore',
    '.gitattributes',
    '.helmignore',
    '.env.yaml',
    'env',
    '.helm',
    'git',
    'docker',
    '..git',
  ])('is not taken for %s', (name) => {
    expect(isPrivateName(name)).toBe(false);
  });
});

test.each(['.GIT', '.git.', '.git ', '.git::$INDEX_ALLOCATION', 'GIT~1', '.g\u200cit', '.hg', '.svn'])(
  'version control is known by every name that a file system takes for it: %j',
  (name) => {
    expect(isVersionControl(name)).toBe(true);
  },
);
