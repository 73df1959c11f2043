package draw

// An Ask is something that every screen asks of the program around it, which does it
// before it looks at the next message. The zero one is nothing.
type Ask int

// The asks.
const (
	_       Ask = iota
	Help        // what the screen can do, above it
	Palette     // the same, to choose from by name
	Copy        // hand the terminal's clipboard what the screen says is to be copied
)

// AskBindings are those of the asks, in every screen's list. While text is typed only
// keys that type nothing ask; copies says what is copied, "" that nothing is.
func AskBindings(typing bool, copies string) Bindings[Ask] {
	help, palette := []string{"?", "f1"}, []string{":", "ctrl+p"}
	also := [2]string{" (also f1)", " (also ctrl+p)"}
	if typing {
		help, palette, also = help[1:], palette[1:], [2]string{}
	}
	what := copies
	if what == "" {
		what = "what there is to say of it, once there is"
	}
	return Bindings[Ask]{
		{Keys: []string{"y"}, Shown: "y", Help: "copy " + what, Group: Keeping, Action: Copy, Off: typing || copies == ""},
		{Keys: palette, Shown: palette[0], Label: "do", Help: "choose what to do by its name" + also[1], Group: Leaving, Action: Palette, Last: true},
		{Keys: help, Shown: help[0], Label: "help", Help: "this help" + also[0], Group: Leaving, Action: Help, Last: true},
	}
}
