"""Files of strangers are read in a child process with little memory, little time and no way to write."""
