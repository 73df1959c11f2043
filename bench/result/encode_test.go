package result

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"encoding/binary"
	"io"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// plainOf is what an encoded histogram holds beneath its compression, to the last byte.
func plainOf(t interface{ Fatal(args ...any) }, encoded string) []byte {
	b, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || binary.BigEndian.Uint32(b) != cookieV2Compressed || int(binary.BigEndian.Uint32(b[4:])) != len(b)-8 {
		t.Fatal("not the compressed encoding: ", encoded, err)
	}
	r, err := zlib.NewReader(bytes.NewReader(b[8:]))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return plain
}

// What is encoded here is what the library would have written, to the last byte but for
// the compression.
func TestEncodeIsTheLibrarys(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := NewHist()
		if rapid.Bool().Draw(t, "dense") {
			h = newDenseHist()
		}
		for _, v := range rapid.SliceOf(rapid.OneOf(
			rapid.Int64Range(0, 5000), rapid.Int64Range(0, highest), rapid.Int64Range(1e6, 1e6+3000), rapid.SampledFrom([]int64{0, 1, lowest, 512, 1 << 20, 1<<20 - 1, highest}),
		)).Draw(t, "values") {
			for range rapid.IntRange(1, 3).Draw(t, "times") {
				h.Record(time.Duration(v))
			}
		}
		if h.Count() == 0 {
			if h.Encode() != "" {
				t.Fatal("nothing was encoded as something")
			}
			return
		}
		want, err := h.Packed().EncodeV2()
		if err != nil {
			t.Fatal(err)
		}
		if got, want := plainOf(t, h.Encode()), plainOf(t, string(want)); !bytes.Equal(got, want) {
			t.Fatalf("%x\n%x", got, want)
		}
	})
}

// Counts of any size are encoded alike.
func TestEncodeManyTimesTheSame(t *testing.T) {
	h := NewHist()
	for range 50 {
		h.Record(3 * time.Millisecond)
		more := NewHist()
		more.Merge(h)
		h.Merge(more)
		if h.Count() > 1<<50 {
			break
		}
		want, err := h.Packed().EncodeV2()
		if err != nil || !bytes.Equal(plainOf(t, h.Encode()), plainOf(t, string(want))) {
			t.Fatalf("%d times: %v", h.Count(), err)
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	h := NewHist()
	for i := range 200 {
		h.Record(time.Duration(i*i) * time.Microsecond)
	}
	b.ReportAllocs()
	for b.Loop() {
		h.Encode()
	}
}
