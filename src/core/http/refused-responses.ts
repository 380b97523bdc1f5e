import { ChartImagesError } from '../errors.ts';
import { type Deadlines, maximumInterimResponses } from './deadlines.ts';
import { redactUrl } from './redact.ts';
import { maximumRedirects } from './redirect.ts';

const operatorAdvice = 'Ask the operator of the server, or of the proxy in front of it.';

/** A body that delivers less than the least progress. */
export function tooSlow({ host }: URL, { progressTime, progressBytes }: Deadlines): ChartImagesError {
  return new ChartImagesError(
    'timeout',
    `${host} sent less than ${progressBytes} bytes of its response within ${progressTime / 1000} s.`,
    { advice: 'Lower concurrency, or try again later.' },
  );
}

export function tooManyInterim({ host }: URL): ChartImagesError {
  return new ChartImagesError(
    'registry-answer',
    `${host} sent more than ${maximumInterimResponses} interim responses (status 1xx) to one request.`,
    { advice: operatorAdvice },
  );
}

export function tooManyRedirects(url: URL): ChartImagesError {
  return new ChartImagesError('registry-answer', `${redactUrl(url)} redirected more than ${maximumRedirects} times.`, {
    advice: operatorAdvice,
  });
}
