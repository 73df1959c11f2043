package queue

import (
	"errors"
	"fmt"
	"strings"

	"github.com/gomodule/redigo/redis"

	"flashwave/client/queue/spec"
)

// unsupportedMode refuses a server that is more than one, by what INFO says of it.
func unsupportedMode(info string) error {
	for line := range strings.SplitSeq(info, "\n") {
		switch strings.TrimSpace(line) {
		case "redis_mode:cluster":
			return fmt.Errorf("a Redis Cluster is %w: its keys lie on many servers, and no pipeline reads them at one instant", spec.ErrUnsupported)
		case "redis_mode:sentinel":
			return fmt.Errorf("a Redis Sentinel is %w: give the URL of the master itself", spec.ErrUnsupported)
		}
	}
	return nil
}

// hasWord reports whether Redis refused with this word.
func hasWord(err error, word string) bool {
	var said redis.Error
	return errors.As(err, &said) && strings.HasPrefix(string(said), word)
}

// isDenied reports whether the ACL denies one command: others may be allowed.
func isDenied(err error) bool { return hasWord(err, "NOPERM") }
