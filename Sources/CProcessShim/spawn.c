// POSIX_SPAWN_SETSID and addclosefrom are GNU extensions that Swift's Glibc module does not show.
#define _GNU_SOURCE
#include "CProcessShim.h"
#include <fcntl.h>
#include <spawn.h>

int process_spawn_detached(char *const *argv, char *const *environment, int kept, pid_t *pid) {
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_t actions;
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, kept, 3);
    posix_spawn_file_actions_addclosefrom_np(&actions, 4);
    int status = posix_spawn(pid, argv[0], &actions, &attributes, argv, environment);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return status;
}
