import { expect } from 'vitest';
import { type ChartImagesError, toErrors } from '../../src/core/errors.ts';

/** The faults that a promise ends with; the test fails when it does not. */
export async function faultsOf(work: () => Promise<unknown>): Promise<readonly ChartImagesError[]> {
  try {
    await work();
  } catch (thrown) {
    const faults = toErrors(thrown);
    for (const fault of faults) {
      expect(fault.code, fault.message).not.toBe('internal');
      expect(fault.advice).not.toBe('');
    }
    return faults;
  }
  throw new Error('nothing was thrown');
}

/** The one fault that a promise ends with. */
export async function faultOf(work: () => Promise<unknown>): Promise<ChartImagesError> {
  const [fault, ...others] = await faultsOf(work);
  expect(others.map(({ message }) => message)).toEqual([]);
  if (fault === undefined) throw new Error('no fault');
  return fault;
}

/** `file:line:column`, as far as a fault knows. */
export function placeOf({ location }: ChartImagesError): string {
  return [location?.file, location?.line, location?.column].filter((part) => part !== undefined).join(':');
}
