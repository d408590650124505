"""The one door for bytes from outside: strict readers, run in a limited child process."""
