package mock

import (
	"math/rand/v2"
	"strings"
	"unicode"
	"unicode/utf8"
)

// phrases are what the product copy is strung together from. None holds a
// character that JSON would have to escape.
var phrases = splitPhrases(
	"chất liệu cao cấp", "thiết kế tinh tế", "đường may tỉ mỉ", "màu sắc trang nhã",
	"giao hàng miễn phí toàn quốc", "ưu đãi chỉ có trong đêm nay", "bảo hành chính hãng mười hai tháng",
	"đổi trả dễ dàng trong bảy ngày", "phù hợp với mọi lứa tuổi", "sản phẩm bán chạy nhất mùa này",
	"giữ ấm suốt cả ngày dài", "mềm mại và thoáng mát", "nâng niu làn da nhạy cảm",
	"hương thơm dịu nhẹ kéo dài", "tiết kiệm điện đến ba mươi phần trăm", "vận hành êm ái không tiếng ồn",
	"món quà ý nghĩa cho người thân", "số lượng có hạn", "đặt mua ngay hôm nay",
	"giảm giá sốc lúc nửa đêm", "tôn lên vẻ đẹp tự nhiên", "bền bỉ theo thời gian",
	"nguồn gốc rõ ràng", "an toàn cho cả gia đình", "dung tích lớn nhưng nhỏ gọn",
	"dễ dàng vệ sinh", "pin dùng cả tuần", "màn hình sắc nét", "âm thanh sống động",
	"công nghệ mới nhất", "được hàng nghìn khách hàng tin dùng", "nhẹ nhàng trên từng bước chân",
	"chống thấm nước hiệu quả", "họa tiết lấy cảm hứng từ thiên nhiên", "làm thủ công bởi nghệ nhân Việt",
	"cà phê rang mộc đậm đà", "trà ướp hoa sen Tây Hồ", "vị ngọt thanh khó quên",
	"không chất bảo quản", "gói quà xinh xắn kèm thiệp", "tích điểm đổi quà hấp dẫn",
	"trải nghiệm mua sắm trọn vẹn", "nâng tầm không gian sống", "đồng hành cùng bạn mỗi ngày",
)

// A syllable is one output token's word, at a sentence's start and within it.
type syllable struct{ capital, plain string }

func splitPhrases(lines ...string) [][]syllable {
	out := make([][]syllable, len(lines))
	for i, line := range lines {
		for word := range strings.FieldsSeq(line) {
			r, n := utf8.DecodeRuneInString(word)
			out[i] = append(out[i], syllable{capital: string(unicode.ToUpper(r)) + word[n:], plain: word})
		}
	}
	return out
}

// prose writes Vietnamese product copy without end, a syllable at a time:
// sentences of two to four phrases. The same draws give the same text.
type prose struct {
	rng    *rand.Rand
	phrase []syllable // what is left of the phrase
	left   int        // phrases left in the sentence after this one
	begun  bool       // something was written
	start  bool       // the next syllable begins a sentence
}

func newProse(rng *rand.Rand) prose { return prose{rng: rng} }

// appendToken appends the next token: a syllable with the space before it and
// the punctuation after it. Its bytes stand in JSON as they are.
func (p *prose) appendToken(dst []byte) []byte {
	if len(p.phrase) == 0 {
		p.turn()
	}
	if p.begun {
		dst = append(dst, ' ')
	}
	p.begun = true
	word := p.phrase[0]
	p.phrase = p.phrase[1:]
	if p.start {
		dst = append(dst, word.capital...)
		p.start = false
	} else {
		dst = append(dst, word.plain...)
	}
	switch {
	case len(p.phrase) > 0:
		return dst
	case p.left > 0:
		return append(dst, ',')
	default:
		return append(dst, '.')
	}
}

// turn goes on to the next phrase, and to the next sentence if this one is over.
func (p *prose) turn() {
	if p.left > 0 {
		p.left--
	} else {
		p.left = 1 + p.rng.IntN(3)
		p.start = true
	}
	p.phrase = phrases[p.rng.IntN(len(phrases))]
}

// appendText appends the next n tokens.
func (p *prose) appendText(dst []byte, n int) []byte {
	for range n {
		dst = p.appendToken(dst)
	}
	return dst
}
