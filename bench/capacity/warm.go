package capacity

import "context"

func (s *Search) warm(ctx context.Context) bool { return true }
