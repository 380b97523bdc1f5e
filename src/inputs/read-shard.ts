import { ChartImagesError } from '../core/errors.ts';
import { mostShards, type Shard } from '../mirror/plan/shard.ts';
import { invalidInput } from './input-errors.ts';
import { inputValue, type RawInputs } from './raw-inputs.ts';

const advice = `Write index/total with 1 to ${mostShards} shards, for example 2/5 for the second of five, or auto.`;

/** The shard of this run; undefined if it copies all images. Throws `invalid-input` and `missing-input`. */
export function readShard(raw: RawInputs): Shard | undefined {
  const said = inputValue(raw, 'shard');
  if (said === undefined) return undefined;
  const target = inputValue(raw, 'target');
  if (target === undefined) throw withoutTarget();
  if (target === 'artifact-store') throw withArtifactStore();
  const shard = said === 'auto' ? shardFromMatrix(inputValue(raw, 'job-position')) : parseIndex(1, said);
  if (shard === undefined) throw invalidInput('shard', said, 'it is not a valid shard', advice);
  return shard;
}

/** `index/total`; the first index is `first`. */
function parseIndex(first: 0 | 1, text: string): Shard | undefined {
  const [, left = '', right = ''] = /^(\d{1,4})\s*\/\s*(\d{1,4})$/.exec(text) ?? [];
  if (left === '') return undefined;
  const [index, total] = [Number(left) + 1 - first, Number(right)];
  return index >= 1 && index <= total && total <= mostShards ? { index, total } : undefined;
}

/** GitHub counts jobs from 0; the Azure host converts its index. */
function shardFromMatrix(position: string | undefined): Shard {
  const shard = position === undefined ? undefined : parseIndex(0, position);
  if (shard !== undefined) return shard;
  throw new ChartImagesError('missing-input', 'Input "shard" is auto, but this is not a job of a matrix.', {
    advice: 'Set the shard explicitly, for example 2/5 for the second of five.',
  });
}

function withoutTarget(): ChartImagesError {
  return new ChartImagesError('missing-input', 'Input "shard" requires "target": only copies are sharded.', {
    advice: 'Give target, for example myregistry.azurecr.io/mirror, or remove shard.',
  });
}

function withArtifactStore(): ChartImagesError {
  return new ChartImagesError(
    'invalid-input',
    'Input "shard" cannot be combined with target: artifact-store, whose manifest lists all images.',
    { advice: 'Remove shard. One run publishes a network function.' },
  );
}
