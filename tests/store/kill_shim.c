/* Preloaded under a test: at the n-th call that changes the disk, end the process as a power
 * cut would, fail once as a full disk would, or fail from then on as a broken one would.
 * qiyx_strike() sets what happens, and when. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/types.h>
#include <unistd.h>

enum { OFF = 0, KILL = 1, KILL_HALFWAY = 2, FULL = 3, BROKEN = 4 };

static int mode = OFF;
static long left = 0;

void qiyx_strike(int how, long at) { mode = how; left = at; }
long qiyx_left(void) { return left; }

/* Whether this is the call; a killed process does not come back from here. */
static int struck(void) {
    if (mode == BROKEN && left == 0) return 1;
    if (mode == OFF || --left != 0) return 0;
    if (mode == KILL) kill(getpid(), SIGKILL);
    return 1;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

#define WRITE(name, declared, halved, passed)                                   \
    ssize_t name declared {                                                     \
        if (fd > 2 && struck()) {                                               \
            if (mode >= FULL) { errno = mode == FULL ? ENOSPC : EIO; return -1; } \
            REAL(name) halved;                                                  \
            kill(getpid(), SIGKILL);                                            \
        }                                                                       \
        return REAL(name) passed;                                               \
    }

WRITE(write, (int fd, const void *from, size_t count), (fd, from, count / 2), (fd, from, count))
WRITE(pwrite, (int fd, const void *from, size_t count, off_t where),
      (fd, from, count / 2, where), (fd, from, count, where))
WRITE(pwrite64, (int fd, const void *from, size_t count, off64_t where),
      (fd, from, count / 2, where), (fd, from, count, where))

#define CHANGE(name, declared, passed)                                          \
    int name declared {                                                         \
        if (struck()) {                                                         \
            if (mode >= FULL) { errno = mode == FULL ? ENOSPC : EIO; return -1; } \
            kill(getpid(), SIGKILL);                                            \
        }                                                                       \
        return REAL(name) passed;                                               \
    }

CHANGE(fsync, (int fd), (fd))
CHANGE(fdatasync, (int fd), (fd))
CHANGE(ftruncate, (int fd, off_t length), (fd, length))
CHANGE(ftruncate64, (int fd, off64_t length), (fd, length))
CHANGE(rename, (const char *from, const char *to), (from, to))
CHANGE(renameat, (int a, const char *from, int b, const char *to), (a, from, b, to))
CHANGE(unlink, (const char *path), (path))
CHANGE(mkdir, (const char *path, mode_t how), (path, how))
