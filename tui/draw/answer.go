package draw

// AnswerRows is how many rows a screen that begins with its answer has for it, in a window.
func AnswerRows(width, height int) int {
	switch {
	case width >= ColumnWidth && height >= FullHeight:
		return DigitRows + 1
	case width < ColumnWidth && height >= 10:
		return 4
	default:
		return min(3, max(1, height/4))
	}
}

// LargeAnswer is an answer in a place: a large figure (see [Pen.Digits]) with what there is
// to say beside it. ok is false where the place has no room for both.
func LargeAnswer(figure []string, width, height int, says func(width int) []string) (lines []string, ok bool) {
	const gap, least = 4, 36
	room := width - Cells(figure[0]) - gap
	if height < DigitRows || width < ColumnWidth || room < least {
		return nil, false
	}
	return Beside(figure, says(room), gap), true
}
