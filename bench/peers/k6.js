// A load for k6: the one that the environment names.
import http from 'k6/http';

const e = __ENV;
const body = open(e.BODY);

const closed = { executor: 'shared-iterations', vus: +e.VUS, iterations: +e.N, maxDuration: '2m' };
const scheduled = { executor: 'constant-arrival-rate', rate: +e.RATE, timeUnit: '1s', duration: e.FOR, preAllocatedVUs: +e.VUS };

export const options = { scenarios: { load: e.RATE ? scheduled : closed } };

export default function ask() {
  return http.post(e.URL, body, { headers: { 'Content-Type': 'application/json' }, timeout: '120s' });
}
