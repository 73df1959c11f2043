// Package trace reads recorded load from files of several makers, told apart by what is
// in them:
//
//   - minute,requests or at_s: a curve, see [arrival.ReadTrace]
//   - Mooncake: JSON lines of timestamp (milliseconds), input_length, output_length and
//     hash_ids, each of which stands for a block of the prompt's tokens
//   - Azure's LLM inference traces: CSV of TIMESTAMP, ContextTokens, GeneratedTokens
//   - BurstGPT: CSV of Timestamp (seconds), Request tokens, Response tokens and, in newer
//     files, Session ID and Elapsed time (seconds to the end of the answer)
//   - flashwave's own log of requests (--out requests=FILE)
//
// All but the first are traces of requests: each row has its instant and its lengths, and
// is replayed as it was. Of those a row costs 16 bytes of memory; the rest of it is read
// from the file when it is asked for.
package trace
