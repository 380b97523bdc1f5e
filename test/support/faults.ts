import { type ChartImagesError, toErrors } from '../../src/core/errors.ts';

/** The errors that the work ends with. A test that expects some fails when there are none. */
export async function faultsOf(work: Promise<unknown>): Promise<readonly ChartImagesError[]> {
  try {
    await work;
  } catch (thrown) {
    return toErrors(thrown);
  }
  throw new Error('the work was expected to fail');
}

/** The only error that the work ends with. */
export async function faultOf(work: Promise<unknown>): Promise<ChartImagesError> {
  const [fault, ...others] = await faultsOf(work);
  if (fault === undefined || others.length > 0) throw new Error('one error was expected');
  return fault;
}
