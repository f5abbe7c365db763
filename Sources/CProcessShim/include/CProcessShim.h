#pragma once
#include <sys/types.h>

/// Starts `argv` (ending in NULL) in a session of its own with /dev/null as stdin and stdout, stderr kept, and every other
/// descriptor closed. Returns 0 and the pid, or an errno value.
int process_spawn_detached(char *const *argv, char *const *environment, pid_t *pid);
