/** The order of test files. A long one that starts last keeps one core busy while the others have nothing to do. */
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Where a file of a few lines takes long; of others without a known duration vitest takes the largest first. */
const long = /\/test\/(end-to-end\/|mirror\/copy\/(soak|fault-injection|crash-recovery)|app\/|scripts\/hostile)/;

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return [true, false].flatMap((isLong) => sorted.filter(({ moduleId }) => long.test(moduleId) === isLong));
  }
}
