package prompt_test

import (
	"fmt"
	"strings"

	"flashwave/bench/prompt"
)

func ExampleOpen() {
	source, err := prompt.Open("builtin:product-copy-vi", "", "", 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	p := source.At(0, 0)
	fmt.Println(p.Text)
	fmt.Println()
	fmt.Println(p.Fields["tone"])
	// Output:
	// Viết mô tả cho sản phẩm sau.
	// Sản phẩm: Kem chống nắng phổ rộng SPF 50
	// Danh mục: Mỹ phẩm và chăm sóc da
	// Đặc điểm: thấm nhanh, không nhờn rít; chiết xuất từ thực vật; không chứa paraben; không thử nghiệm trên động vật
	// Giọng văn: sang trọng, tinh tế
	// Cần có: một tiêu đề dưới 60 ký tự, một đoạn mở đầu, ba gạch đầu dòng về lợi ích và một lời mời mua. Dài khoảng 120 từ.
	//
	// sang trọng, tinh tế
}

func ExampleReadJSONL() {
	const file = `
{"prompt": "Describe a red kettle.", "max_tokens": 80}
{"messages": [{"role": "user", "content": "Describe a lamp."}]}
`
	prompts, err := prompt.ReadJSONL(strings.NewReader(file), "prompts.jsonl", "Be brief.")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(prompts[0].System, prompts[0].Text, prompts[0].Limit(300))
	for _, m := range prompts[1].Messages {
		fmt.Println(m.Role, m.Content)
	}
	// Output:
	// Be brief. Describe a red kettle. 80
	// system Be brief.
	// user Describe a lamp.
}
