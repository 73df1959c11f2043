// Package export shows what runs do on a page for Prometheus.
//
// A [Page] follows sources, one after the other or several at once: each hands out a
// [result.Reading], a plain value, when the page is asked for. Nothing is pushed to the
// page and it keeps no state of a run that goes on, so that a scrape cannot slow the load.
// Figures are as of the last full second.
//
// # Names
//
// Latencies are histograms in seconds. Each is given twice in one family: as a native
// histogram of schema 5, whose buckets are 2.2 % wide, made from the HdrHistogram at
// each scrape, and in classic buckets up to 120 s for those who take no native ones. Sums
// and counts are exact. What response and service time are is said in package result.
//
// Where OpenTelemetry's semantic conventions for GenAI clients have a name, in Prometheus'
// spelling, it is used. They are in development: a name that changes there changes here.
//
//	flashwave                 page                                                    OpenTelemetry
//	service.e2e               gen_ai_client_operation_duration_seconds                gen_ai.client.operation.duration
//	service.ttft              gen_ai_client_operation_time_to_first_chunk_seconds     gen_ai.client.operation.time_to_first_chunk
//	itl                       gen_ai_client_operation_time_per_output_chunk_seconds   gen_ai.client.operation.time_per_output_chunk
//	tokens                    flashwave_tokens_total{type}                            gen_ai.client.token.usage, {gen_ai.token.type}
//	e2e, ttft, ttfa           flashwave_{e2e,ttft,ttfa}_seconds                       none: from the scheduled instant
//	tpot, stall, queue, …     flashwave_{tpot,stall,queue,…}_seconds                  none
//
// The token usage of OpenTelemetry is a histogram over requests. Only the sums are known
// here, so that it is a counter of a name of its own.
//
// # Labels
//
// Every series has target and model. Those of requests have lane and wave besides, or
// workload; those of the tasks of a queue have class, and each class of a queue that is
// watched is a target by itself. The number of them is bounded, and so is the length of their
// text. What does not fit goes into one named "(other)". No prompt, header, key or error
// message is on the page.
//
// # Runs that follow one another
//
// The waves of a run that has ended stay on the page, and what a later wave of the same
// name does is added to them: a counter never falls while the process lives. What a warm-up
// did is in none of it. Gauges are of the newest run of a target.
//
// The page is served until the process ends: what happens in its last seconds is lost to
// whoever scrapes it more rarely, so that a command keeps it a while longer if asked to. The collectors of the Go runtime and of the
// process are left out: the page says what the endpoint did, and of the generator what
// could falsify that, its lag and its CPU.
package export
