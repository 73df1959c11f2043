// Package forecast holds a night's demand against what an endpoint was measured to
// give: headroom, quota, replicas, backlog and price. It is pure: no clock, no
// network, and the same input gives the same figures.
package forecast
