package mock

import (
	"encoding/json"
	"net/http"
)

// A problem is an error as OpenAI's API puts it.
type problem struct {
	status  int
	message string
	kind    string // "type" on the wire
	param   string // the field at fault; "": null
	code    string // "": null
}

func badRequest(param, message string) *problem {
	return &problem{status: http.StatusBadRequest, message: message, kind: "invalid_request_error", param: param}
}

func serverError() *problem {
	return &problem{
		status:  http.StatusInternalServerError,
		message: "the server had an error while processing your request",
		kind:    "server_error",
	}
}

func overloaded(why error) *problem {
	return &problem{
		status:  http.StatusServiceUnavailable,
		message: "the engine is overloaded, try again later: " + why.Error(),
		kind:    "service_unavailable",
		code:    "overloaded",
	}
}

// MarshalJSON gives the body of the response, which is also the data of an error
// event within a stream.
func (p *problem) MarshalJSON() ([]byte, error) {
	type object struct {
		Message string  `json:"message"`
		Type    string  `json:"type"`
		Param   *string `json:"param"`
		Code    *string `json:"code"`
	}
	return json.Marshal(struct {
		Error object `json:"error"`
	}{object{p.message, p.kind, orNull(p.param), orNull(p.code)}})
}

func (p *problem) write(w http.ResponseWriter) { writeJSON(w, p.status, p) }

// orNull is nil for "", which JSON shows as null.
func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// writeJSON sends v. An error in writing means that the client has gone, which
// the server notices by itself.
func writeJSON(w http.ResponseWriter, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n'))
}
