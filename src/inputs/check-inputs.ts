import type { Input } from './input.ts';

/** Inputs about what the images are compared with: platforms, the lock file, and the base of a change. */
export const checkInputs = [
  {
    name: 'platforms',
    kind: 'list',
    default: 'all',
    configurable: true,
    placeholder: 'os/arch[/variant]',
    summary: 'Platforms that every image must have, such as `linux/amd64, linux/arm64`, or `all` for no requirement',
    help: 'A missing platform is the finding `platform`. Images are always copied with all their platforms.',
    group: 'images',
  },
  {
    name: 'lock-file',
    kind: 'text',
    default: '',
    placeholder: 'file',
    summary: 'Path of the lock file, written when all images are found and used to verify digests when it exists',
    help: 'A changed digest is the finding `drift`, and `push` copies the locked content. Commit the file. To accept new content, remove its entry.',
    group: 'images',
  },
  {
    name: 'frozen',
    kind: 'boolean',
    default: 'false',
    placeholder: 'true|false',
    summary: "Whether to fail if an image isn't in `lock-file` or has a different digest",
    help: 'The lock file is then never written.',
    group: 'images',
  },
  {
    name: 'base-ref',
    kind: 'text',
    default: '',
    otherwise: 'the base of the pull request',
    placeholder: 'ref',
    summary: 'Branch, tag, or commit of this Git checkout to compare with',
    help: 'The report shows which images the change adds, removes, and moves. A commit that is missing from a shallow checkout is fetched. `before` is the commit before a push (GitHub).',
    group: 'images',
  },
  {
    name: 'fail-on-new',
    kind: 'boolean',
    default: 'false',
    configurable: true,
    placeholder: 'true|false',
    summary: 'Whether to fail only on findings that the change introduces',
    help: 'Findings of the base are reported as known. Without a base, every finding is new.',
    group: 'images',
  },
] as const satisfies readonly Input[];
