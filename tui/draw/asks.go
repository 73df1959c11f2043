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
	shown := [2]string{"?", ":"}
	if typing {
		help, palette = help[1:], palette[1:]
		shown = [2]string{help[0], palette[0]}
	}
	return Bindings[Ask]{
		{Keys: []string{"y"}, Shown: "y", Help: "copy " + copies, Group: Keeping, Action: Copy, Off: typing || copies == ""},
		{Keys: palette, Shown: shown[1], Label: "do", Help: "choose what to do by its name (also ctrl+p)", Group: Leaving, Action: Palette, Last: true},
		{Keys: help, Shown: shown[0], Label: "help", Help: "this help (also f1)", Group: Leaving, Action: Help, Last: true},
	}
}
