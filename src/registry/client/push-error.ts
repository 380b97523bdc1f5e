import type { ChartImagesError } from '../../core/errors.ts';
import type { BufferedResponse } from '../../core/http/response.ts';
import { type PushedContent, type PushPlace, type PushRefusal, pushAdvice, pushRefusal } from './push-refusal.ts';
import { ResponseError, responseError, withOperation } from './registry-error.ts';

/** A registry refused content for a known cause, which is often that of other images too. */
export class PushRefusedError extends ResponseError {
  readonly refusal: PushRefusal;
  readonly place: PushPlace;

  constructor(
    error: ConstructorParameters<typeof ResponseError>[0],
    response: BufferedResponse,
    refusal: PushRefusal,
    place: PushPlace,
  ) {
    super(error, response);
    this.refusal = refusal;
    this.place = place;
  }
}

/** The error for content that was not accepted. Its advice names the cause, if the response shows it. */
export function pushError(
  operation: string,
  response: BufferedResponse,
  place: PushPlace,
  pushed: PushedContent,
): ChartImagesError {
  const error = responseError(response);
  const refusal = pushRefusal(response, place, pushed);
  if (refusal === undefined) return withOperation(operation, error);
  const { code, message } = error;
  const advice = pushAdvice(refusal, response, place, pushed);
  return withOperation(operation, new PushRefusedError({ code, message, advice }, response, refusal, place));
}
