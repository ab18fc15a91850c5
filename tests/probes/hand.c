// A hand: does one thing to a file, from a process of its own, and says what came of it.
//   hand [-u UID] COMMAND ARGUMENT...
// Prints "ok" or "error ERRNO" and exits 0; exits 2 on wrong use. Commands that hold something open print "ok" and then
// obey further one-word lines on standard input ("store", "end").
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <poll.h>
#include <pthread.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static int say(int failed)
{
    if (failed) printf("error %d\n", errno); else printf("ok\n");
    fflush(stdout);
    return 0;
}

static void *opener(void *path)
{
    int fd = open(path, O_RDONLY);
    if (fd < 0) return (void *)(intptr_t)errno;
    close(fd);
    return NULL;
}

// Opens the file from many threads at once; prints how many were allowed and how many refused.
static int many(const char *path, int count, int distinct)
{
    pthread_t *threads = calloc(count, sizeof *threads);
    char **paths = calloc(count, sizeof *paths);
    int ok = 0, refused = 0, other = 0;
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 64 * 1024);
    for (int i = 0; i < count; i++) {
        if (distinct) { if (asprintf(&paths[i], "%s/%d", path, i) < 0) return 2; } else paths[i] = strdup(path);
        if (pthread_create(&threads[i], &small, opener, paths[i])) { perror("pthread_create"); return 2; }
    }
    for (int i = 0; i < count; i++) {
        void *result;
        pthread_join(threads[i], &result);
        if (!result) ok++; else if ((intptr_t)result == EPERM) refused++; else other++;
    }
    printf("%d allowed, %d refused, %d other\n", ok, refused, other);
    return 0;
}

// Opens the file so often, one time after another, or, when that is 0, until a line comes; prints what "many" prints.
static int repeat(const char *path, int count)
{
    int ok = 0, refused = 0, other = 0;
    struct pollfd line = { .fd = 0, .events = POLLIN };
    for (int i = 0; count ? i < count : i % 64 || poll(&line, 1, 0) == 0; i++) {
        int fd = open(path, O_RDONLY);
        if (fd >= 0) { ok++; close(fd); } else if (errno == EPERM) refused++; else other++;
    }
    printf("%d allowed, %d refused, %d other\n", ok, refused, other);
    return 0;
}

static int uring_write(const char *path, const char *text)
{
    struct io_uring_params parameters = {0};
    int ring = syscall(SYS_io_uring_setup, 4, &parameters);
    if (ring < 0) return say(1);
    int fd = open(path, O_WRONLY);
    if (fd < 0) return say(1);
    char *sq = mmap(0, parameters.sq_off.array + parameters.sq_entries * 4, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring, IORING_OFF_SQ_RING);
    struct io_uring_sqe *entries = mmap(0, parameters.sq_entries * sizeof *entries, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring, IORING_OFF_SQES);
    if (sq == MAP_FAILED || entries == MAP_FAILED) return say(1);
    memset(entries, 0, sizeof *entries);
    entries->opcode = IORING_OP_WRITE;
    entries->fd = fd;
    entries->addr = (uint64_t)(uintptr_t)text;
    entries->len = strlen(text);
    unsigned *tail = (unsigned *)(sq + parameters.sq_off.tail), *array = (unsigned *)(sq + parameters.sq_off.array);
    array[*tail & (parameters.sq_entries - 1)] = 0;
    __atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
    int done = syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0);
    close(fd);
    return say(done != 1);
}

static int run(char **arguments)
{
    pid_t child;
    int status;
    int error = posix_spawn(&child, arguments[0], NULL, NULL, arguments, environ);
    if (error) { errno = error; return say(1); }
    waitpid(child, &status, 0);
    return say(0);
}

// Maps the file shared and writable, then obeys. A "store" changes the first byte; "read" faults the page in without changing it.
static int map(const char *path)
{
    int fd = open(path, O_RDWR);
    if (fd < 0) return say(1);
    volatile char *bytes = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (bytes == MAP_FAILED) return say(1);
    say(0);
    char line[64];
    while (fgets(line, sizeof line, stdin)) {
        if (!strcmp(line, "store\n")) bytes[0]++;
        else if (!strcmp(line, "read\n")) (void)bytes[0];
        else if (!strcmp(line, "end\n")) { munmap((void *)bytes, 4096); say(0); return 0; }
        say(0);
    }
    return 0;
}

static int hold(const char *path, int flags)
{
    int fd = open(path, flags);
    if (fd < 0) return say(1);
    say(0);
    char line[64];
    while (fgets(line, sizeof line, stdin)) {
        if (!strcmp(line, "write\n")) { if (write(fd, "w", 1) != 1) return say(1); }
        else if (!strcmp(line, "end\n")) { close(fd); say(0); return 0; }
        say(0);
    }
    return 0;
}

int main(int count, char **arguments)
{
    if (count > 3 && !strcmp(arguments[1], "-u")) {
        uid_t uid = atoi(arguments[2]);
        if (setresgid(uid, uid, uid) || setresuid(uid, uid, uid)) { perror("setresuid"); return 2; }
        count -= 2;
        arguments += 2;
    }
    if (count < 3) return 2;
    char *command = arguments[1], *path = arguments[2], *more = count > 3 ? arguments[3] : NULL;
    int fd;
    if (!strcmp(command, "open")) { fd = open(path, O_RDONLY); return say(fd < 0); }
    if (!strcmp(command, "open-write")) { fd = open(path, O_WRONLY); return say(fd < 0); }
    if (!strcmp(command, "run")) return run(arguments + 2);
    if (!strcmp(command, "write")) { fd = open(path, O_WRONLY); return say(fd < 0 || write(fd, more, strlen(more)) < 0); }
    if (!strcmp(command, "truncate")) return say(truncate(path, atol(more)));
    if (!strcmp(command, "fallocate")) { fd = open(path, O_WRONLY); return say(fd < 0 || fallocate(fd, FALLOC_FL_ZERO_RANGE, 0, 16) < 0); }
    if (!strcmp(command, "punch")) { fd = open(path, O_WRONLY); return say(fd < 0 || fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 4096) < 0); }
    if (!strcmp(command, "copy-range")) {
        int from = open(more, O_RDONLY), to = open(path, O_WRONLY);
        return say(from < 0 || to < 0 || copy_file_range(from, NULL, to, NULL, 16, 0) <= 0);
    }
    if (!strcmp(command, "rename")) return say(rename(path, more));
    if (!strcmp(command, "link")) return say(link(path, more));
    if (!strcmp(command, "chmod")) return say(chmod(path, strtol(more, NULL, 8)));
    if (!strcmp(command, "uring-write")) return uring_write(path, more);
    if (!strcmp(command, "map")) return map(path);
    if (!strcmp(command, "hold")) return hold(path, O_RDWR);
    if (!strcmp(command, "hold-read")) return hold(path, O_RDONLY);
    if (!strcmp(command, "many")) return many(path, atoi(more), 0);
    if (!strcmp(command, "repeat")) return repeat(path, atoi(more));
    if (!strcmp(command, "many-files")) return many(path, atoi(more), 1);
    return 2;
}
