import { resolve } from 'node:path';
import * as v from 'valibot';
import { ChartImagesError } from '../core/errors.ts';
import { type Boundary, findBoundary, resolveTypedPath } from '../core/files/boundary.ts';
import { displayPath } from '../core/files/display-path.ts';
import { exists } from '../core/files/exists.ts';
import { readText } from '../core/files/read-file.ts';
import { parseDigest } from '../core/oci/digest.ts';
import type { Lock, LockFile } from '../resolve/lock/lock.ts';
import { maximumLockBytes } from '../resolve/lock/write-lock.ts';
import { invalidInput } from './input-errors.ts';
import { parseJsonc } from './jsonc.ts';
import { pathInside } from './paths.ts';
import { checkSchema, isRecord, object, text } from './schema-errors.ts';

const digestForm = 'a digest, sha256: and 64 lowercase hex digits';

const digest = v.pipe(
  v.string(digestForm),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const parsed = parseDigest(dataset.value);
    if (parsed.ok) return parsed.value;
    addIssue({ message: digestForm });
    return NEVER;
  }),
);

const image = object(
  { source: text('a string, where the image was found'), digest },
  'an object with source and digest',
);

const imagesForm = 'an object from references to objects with source and digest';

// Valibot's record also accepts a list.
const images = v.pipe(
  v.custom<Readonly<Record<string, unknown>>>(isRecord, imagesForm),
  v.record(v.string(), image, imagesForm),
);

const lockSchema = object(
  {
    version: v.literal(1, '1, the only lock file version that this release supports'),
    images,
  },
  'an object with version and images',
);

/** Reads the lock file if it exists. Throws if a frozen run has none. */
export async function readLockFile(
  path: string | undefined,
  mode: LockFile['mode'],
  workFolder: string,
  given?: Boundary,
): Promise<LockFile | undefined> {
  if (path === undefined) {
    if (mode === 'kept') return undefined;
    throw new ChartImagesError('missing-input', 'Input "frozen" requires "lock-file".', {
      advice: 'Set lock-file, for example images.lock.json, or remove frozen.',
    });
  }
  if (/[/\\]$/.test(path)) {
    throw invalidInput('lock-file', path, 'it is a folder', 'Specify a file, for example images.lock.json.');
  }
  const boundary = given ?? (await findBoundary(workFolder));
  const name = displayPath(resolve(workFolder, path), workFolder);
  const typed = { folders: [workFolder], label: 'The lock file', location: { file: name } };
  const file = {
    path: await pathInside(path, { ...typed, resolvePath: (each) => resolveTypedPath(each, boundary) }),
    name,
    mode,
  };
  if (await exists(file.path)) return { ...file, lock: await readLock(file.path, file.name) };
  if (mode === 'kept') return { ...file, lock: undefined };
  throw new ChartImagesError('file-not-found', `The lock file ${file.name} does not exist, and frozen requires it.`, {
    advice: 'Run once without frozen, and commit the lock file that this run writes.',
    location: { file: file.name },
  });
}

async function readLock(path: string, name: string): Promise<Lock> {
  const location = { file: name };
  const content = await readText(path, { maximumBytes: maximumLockBytes, name: `The lock file ${name}`, location });
  const { images } = checkSchema(lockSchema, parseJsonc(content, name));
  return { images: new Map(Object.entries(images)) };
}
