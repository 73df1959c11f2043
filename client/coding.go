package client

import "strings"

// contentCoding is the coding in which a body must be decoded before it can be
// read, "" if there is none: the last one of Content-Encoding that compresses
// (RFC 9110 §8.4.1; the registry has few more). Servers and frameworks put other
// words there that change nothing, such as identity, none, utf-8 or aws-chunked,
// often to keep proxies from compressing; what such a body holds is seen when it
// is read.
func contentCoding(h header) (coding string) {
	for _, line := range h.Values("Content-Encoding") {
		for word := range strings.SplitSeq(line, ",") {
			word, _, _ = strings.Cut(word, ";")
			word = strings.ToLower(strings.Trim(word, " \t\"'"))
			switch strings.TrimPrefix(word, "x-") {
			case "gzip", "deflate", "zlib", "compress", "br", "brotli", "zstd", "dcb", "dcz",
				"bzip2", "bzip", "lzma", "xz", "lz4", "snappy", "exi", "pack200-gzip":
				coding = word
			}
		}
	}
	return coding
}
