// Package items reads files of JSON that others have written: a value on every line, or
// one array of values, whichever it is. It never holds more than one value, and says
// where each stood, so that one can be read again and complained about.
//
// A value is checked once, by [Check]; [Object], [Array] and [Text] then take it apart
// without copying what nobody asks for.
package items
