package result

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"encoding/binary"
	"math"
	"math/bits"
	"sync"

	hdr "github.com/HdrHistogram/hdrhistogram-go"
)

// The library encodes as well, but makes a compressor of more than a megabyte for every
// histogram, and lets it try its best. A document has thousands of them, and a run that
// is kept writes a dozen a second; here they share a few that are quick, and what they
// make is hardly longer.

// The cookies of the HdrHistogram V2 encoding: of the histogram, and of its
// compressed form around it. Counts are varints of at most nine bytes.
const (
	cookieV2           = 0x1c849303 | 0x10
	cookieV2Compressed = 0x1c849304 | 0x10
)

// bucketBits is how many buckets, as a power of two, divide a doubling of the value:
// enough for three digits.
const bucketBits = 10

var compressors = sync.Pool{New: func() any {
	w, err := zlib.NewWriterLevel(nil, zlib.BestSpeed)
	if err != nil {
		panic(err) // the level is a constant
	}
	return w
}}

// encode writes a histogram of the one geometry in the compressed V2 encoding, as
// base64.
func encode(p *hdr.PackedHistogram) string {
	return encodeCounts(appendCounts(make([]byte, 0, 4*int(p.Populated())+16), p))
}

// encodeCounts is encode of the counts of a histogram.
func encodeCounts(counts []byte) string {
	var header [40]byte
	binary.BigEndian.PutUint32(header[0:], cookieV2)
	binary.BigEndian.PutUint32(header[4:], uint32(len(counts)))
	binary.BigEndian.PutUint32(header[12:], digits) // 8: no offset of the index
	binary.BigEndian.PutUint64(header[16:], uint64(lowest))
	binary.BigEndian.PutUint64(header[24:], uint64(highest))
	binary.BigEndian.PutUint64(header[32:], math.Float64bits(1))

	out := bytes.NewBuffer(make([]byte, 8, 64+len(counts)))
	w := compressors.Get().(*zlib.Writer)
	defer compressors.Put(w)
	w.Reset(out)
	_, _ = w.Write(header[:]) // memory takes everything
	_, _ = w.Write(counts)
	_ = w.Close()
	binary.BigEndian.PutUint32(out.Bytes()[0:], cookieV2Compressed)
	binary.BigEndian.PutUint32(out.Bytes()[4:], uint32(out.Len()-8))
	return base64.StdEncoding.EncodeToString(out.Bytes())
}

// appendCounts appends the counts of all buckets up to the last that holds any.
func appendCounts(b []byte, p *hdr.PackedHistogram) []byte {
	next := int64(0)
	p.ForEachBucket(func(value, count int64) bool {
		at := bucket(value)
		b = appendCount(b, at-next, count)
		next = at + 1
		return true
	})
	return b
}

// appendCount appends the count of a bucket that comes after so many empty ones, which
// are one negative number if they are several.
func appendCount(b []byte, empty, count int64) []byte {
	switch {
	case empty == 1:
		b = append(b, 0)
	case empty > 1:
		b = binary.AppendVarint(b, -empty)
	}
	return binary.AppendVarint(b, count)
}

// bucket is the index of the bucket that holds a value.
func bucket(value int64) int64 {
	unit := bits.Len64(uint64(lowest)) - 1 // the power of two that a bucket is wide at least
	double := max(0, bits.Len64(uint64(value))-unit-bucketBits-1)
	return int64(double)<<bucketBits + value>>(double+unit)
}

// bucketFrom is the lower end of the bucket at an index.
func bucketFrom(at int64) int64 {
	unit := bits.Len64(uint64(lowest)) - 1
	double := max(0, at>>bucketBits-1)
	return (at - double<<bucketBits) << (double + int64(unit))
}
