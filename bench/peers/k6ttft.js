// How far k6's time to the first byte is from the target's own, which its x-request-id
// tells: two instants in nanoseconds.
import { Trend } from 'k6/metrics';
import ask, { options as load } from './k6.js';

export const options = { ...load, summaryTrendStats: ['p(50)', 'p(99)'] };

const error = new Trend('ttft_error');

export default function () {
  const answer = ask();
  const [came, began] = answer.headers['X-Request-Id'].split('-').map(Number);
  error.add(answer.timings.waiting - (began - came) / 1e6);
}

export function handleSummary(data) {
  return { stdout: JSON.stringify(data.metrics.ttft_error.values) };
}
