// Package monitor is the screen of a monitor: a row for each target, and one target at a
// time over an hour, six or a day, with its incidents. It polls a [Source], and can do
// nothing to the targets but end the monitor.
package monitor
