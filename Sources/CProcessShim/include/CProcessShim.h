#pragma once
#include <sys/types.h>

/// Starts `argv` (ending in NULL) in a session of its own with /dev/null as stdin and stdout, stderr kept, the descriptor
/// `kept` as number 3, and every other descriptor closed. Returns 0 and the pid, or an errno value.
int process_spawn_detached(char *const *argv, char *const *environment, int kept, pid_t *pid);
