import { describe, expect, it } from 'vitest';
import { stripPrintedText } from '../../../src/discovery/classify/shell-output.ts';
import { discovered, imagesOf } from '../rendered.ts';

const see = 'see docker.io/foo/bar:1.0 for more';

describe('a sentence that a script prints', () => {
  it.each([
    `echo "${see}"`,
    `  echo -e '${see}'`,
    `printf "${see}" >&2`,
    `echo "${see}" 1>&2; exit 1`,
    `if true; then echo "${see}"; fi`,
    `test -f x || { echo "${see}"; exit 1; }`,
    `run && echo "${see}" && exit`,
  ])('names no image: %s', (line) => {
    expect(stripPrintedText(line)).not.toContain('docker.io');
  });

  it.each([
    // Written, handed on or captured, it may be what a program reads.
    `echo "${see}" > readme`,
    `echo "${see}" | sh`,
    `images=$(echo "${see}")`,
    'echo "FROM docker.io/foo/bar:1.0" > Dockerfile',
    // Not a sentence.
    'echo "docker.io/foo/bar:1.0"',
    'echo "Image: docker.io/foo/bar:1.0"',
    'echo "docker.io/foo/bar:1.0 docker.io/foo/baz:1.0"',
    'sh -c "docker pull docker.io/foo/bar:1.0"',
    // What runs within it is used.
    'echo "the version is $(docker run docker.io/foo/bar:1.0) of today"',
    'echo "the version is `docker run docker.io/foo/bar:1.0` of today"',
    // Another program.
    `myecho "${see}"`,
    `run echo "${see}"`,
  ])('is distinguished from %s', (line) => {
    expect(stripPrintedText(line)).toBe(line);
  });

  it('is passed over in the command of a pod and in a script that a ConfigMap carries', () => {
    const pod = (line: string) =>
      imagesOf(
        discovered(
          `apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - name: a\n    image: a/main:1\n    args:\n    - -c\n    - |\n      ${line}\n      run docker.io/foo/used:1.0\n`,
        ),
      );
    const carried = (line: string) =>
      imagesOf(
        discovered(
          `apiVersion: v1\nkind: ConfigMap\ndata:\n  run.sh: |\n    #!/bin/sh\n    ${line}\n    run docker.io/foo/used:1.0\n`,
        ),
      );
    for (const images of [pod, carried]) {
      expect(images(`echo "${see}"`).join()).not.toContain('foo/bar');
      expect(images(`echo "${see}"`).join()).toContain('docker.io/foo/used:1.0');
      expect(images(`echo "${see}" | sh`).join()).toContain('docker.io/foo/bar:1.0');
    }
  });

  it('is found in no long time, whatever a line holds', () => {
    for (const text of ['echo "', 'echo    ', "echo -e 'a ", ';  ', 'echo "a" ']) {
      expect(stripPrintedText(text.repeat(100_000 / text.length))).toBeDefined();
    }
  });
});
