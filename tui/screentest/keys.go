package screentest

import (
	tea "charm.land/bubbletea/v2"
)

// Key is the key of a character.
func Key(text string) tea.KeyPressMsg {
	if text == "space" {
		return tea.KeyPressMsg{Code: tea.KeySpace, Text: " "}
	}
	return tea.KeyPressMsg{Code: []rune(text)[0], Text: text}
}

// Special are the keys that type nothing.
var Special = map[string]tea.KeyPressMsg{
	"tab": {Code: tea.KeyTab}, "shift+tab": {Code: tea.KeyTab, Mod: tea.ModShift},
	"enter": {Code: tea.KeyEnter}, "esc": {Code: tea.KeyEscape}, "backspace": {Code: tea.KeyBackspace},
	"up": {Code: tea.KeyUp}, "down": {Code: tea.KeyDown}, "left": {Code: tea.KeyLeft}, "right": {Code: tea.KeyRight},
	"shift+left": {Code: tea.KeyLeft, Mod: tea.ModShift}, "shift+right": {Code: tea.KeyRight, Mod: tea.ModShift},
	"ctrl+c": {Code: 'c', Mod: tea.ModCtrl}, "ctrl+z": {Code: 'z', Mod: tea.ModCtrl},
}

// KeyOf is a key by the name that Bubble Tea gives it.
func KeyOf(name string) tea.KeyPressMsg {
	if k, ok := Special[name]; ok {
		return k
	}
	return Key(name)
}
