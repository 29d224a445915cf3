/* Preloaded under strike.py: at the n-th call that changes the disk, fail as a bad or full disk
 * would, or end the process as a power cut would. It also holds the clock still, so that two runs
 * of a command book the same times. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

static int failure = 0; /* an errno; -1 kills; 0 is off */
static long calls = 0, at = 0;
static time_t now = 0;
static const char *what = "";

void qiyx_strike(int how, long number) { failure = how; at = number; calls = 0; }
long qiyx_calls(void) { return calls; }
const char *qiyx_what(void) { return what; }
void qiyx_hold_clock(long seconds) { now = seconds; }

/* Whether this is the call; a killed process does not come back from here. */
static int struck(const char *name) {
    if (failure == 0 || ++calls != at) return 0;
    what = name;
    if (failure == -1) kill(getpid(), SIGKILL);
    errno = failure;
    return 1;
}

static int is_file(int fd) {
    struct stat status;
    int before = errno, found = fd > 2 && fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
    errno = before;
    return found;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

#define WRITE(name, declared, passed)                                           \
    ssize_t name declared {                                                     \
        if (is_file(fd) && struck(#name)) return -1;                            \
        return REAL(name) passed;                                               \
    }

WRITE(write, (int fd, const void *from, size_t count), (fd, from, count))
WRITE(pwrite, (int fd, const void *from, size_t count, off_t where), (fd, from, count, where))
WRITE(pwrite64, (int fd, const void *from, size_t count, off64_t where), (fd, from, count, where))

#define CHANGE(name, declared, passed)                                          \
    int name declared {                                                         \
        if (struck(#name)) return -1;                                           \
        return REAL(name) passed;                                               \
    }

CHANGE(fsync, (int fd), (fd))
CHANGE(fdatasync, (int fd), (fd))
CHANGE(ftruncate, (int fd, off_t length), (fd, length))
CHANGE(ftruncate64, (int fd, off64_t length), (fd, length))
CHANGE(rename, (const char *from, const char *to), (from, to))
CHANGE(renameat, (int a, const char *from, int b, const char *to), (a, from, b, to))
CHANGE(link, (const char *from, const char *to), (from, to))
CHANGE(linkat, (int a, const char *from, int b, const char *to, int how), (a, from, b, to, how))
CHANGE(unlink, (const char *path), (path))
CHANGE(unlinkat, (int folder, const char *path, int how), (folder, path, how))
CHANGE(rmdir, (const char *path), (path))
CHANGE(mkdir, (const char *path, mode_t how), (path, how))

#define OPEN(name)                                                              \
    int name(const char *path, int flags, ...) {                                \
        va_list rest;                                                           \
        va_start(rest, flags);                                                  \
        mode_t mode = va_arg(rest, mode_t);                                     \
        va_end(rest);                                                           \
        if ((flags & (O_WRONLY | O_RDWR | O_CREAT)) && struck(#name)) return -1; \
        return ((int (*)(const char *, int, ...))dlsym(RTLD_NEXT, #name))(path, flags, mode); \
    }

OPEN(open)
OPEN(open64)

int clock_gettime(clockid_t clock, struct timespec *moment) {
    int done = REAL(clock_gettime)(clock, moment);
    if (now != 0 && done == 0 && clock == CLOCK_REALTIME) {
        moment->tv_sec = now;
        moment->tv_nsec = 0;
    }
    return done;
}
