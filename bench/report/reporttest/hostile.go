package reporttest

import "reflect"

// Everywhere puts a text in the place of every other one in a document, as somebody could
// who wrote its file, but for encoded histograms. What a map holds, it holds under the text
// as well.
func Everywhere[D any](document *D, text string) *D {
	put(reflect.ValueOf(document).Elem(), text)
	return document
}

func put(v reflect.Value, text string) {
	switch v.Kind() {
	case reflect.String:
		if v.CanSet() {
			v.SetString(text)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			put(v.Elem(), text)
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			put(v.Index(i), text)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && f.Name != "HDR" {
				put(v.Field(i), text)
			}
		}
	case reflect.Map:
		if v.Len() == 0 || v.Type().Key().Kind() != reflect.String {
			return
		}
		held := reflect.New(v.Type().Elem()).Elem()
		iterator := v.MapRange()
		iterator.Next()
		held.Set(iterator.Value())
		put(held, text)
		v.SetMapIndex(reflect.ValueOf(text).Convert(v.Type().Key()), held)
	}
}
