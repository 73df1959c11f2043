// Package files opens what a user named: [Open] and [Read] for reading, [Create] for
// writing.
//
// What is read must end. A regular file does; a named pipe or a device may be waited
// for, or read from, for ever, so that these are refused. A stream that this process
// was given by whoever started it (/dev/stdin, /dev/fd/63 of a shell's <(…)) is as good
// as standard input, and is read.
//
// What is written never destroys what it cannot replace. A regular file is replaced as
// a whole, by renaming a new one over it, and a symbolic link keeps pointing to it;
// everything else (a device, a named pipe, a socket, standard output) is opened and
// written to.
package files
