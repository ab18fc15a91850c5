/*
 * The process that waits: opens files, or starts a program, again and again, and says how long each took.
 * In C, so that the measuring side costs next to nothing.
 *
 *   asker open COUNT WARMUP FILE...     open() timed, close() not; the files in turn
 *   asker exec COUNT WARMUP PROGRAM     posix_spawn() and waitpid(), timed together
 *   asker steady RATE MILLISECONDS FILE...   RATE opens a second for so long, late ones made up for; how long each waited, and which were refused
 *   asker denied MILLISECONDS FILE      opens until it is refused with EPERM; says when that was (CLOCK_MONOTONIC)
 */
#include "timing.h"
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>

extern char **environ;

static uint64_t failures;

static uint64_t open_once(const char *file)
{
    uint64_t before = now_ns();
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    uint64_t after = now_ns();
    if (fd < 0)
        failures++;
    else
        close(fd);
    return after - before;
}

static uint64_t exec_once(const char *program)
{
    char *arguments[] = { (char *)program, NULL };
    pid_t pid;
    int status = 1;
    uint64_t before = now_ns();
    if (posix_spawn(&pid, program, NULL, NULL, arguments, environ) != 0) {
        failures++;
        return 0;
    }
    waitpid(pid, &status, 0);
    uint64_t after = now_ns();
    if (status != 0)
        failures++;
    return after - before;
}

static uint64_t cpu_ns(void)
{
    struct rusage children;
    getrusage(RUSAGE_CHILDREN, &children);
    return clock_ns(CLOCK_PROCESS_CPUTIME_ID)
        + (uint64_t)(children.ru_utime.tv_sec + children.ru_stime.tv_sec) * 1000000000u
        + (uint64_t)(children.ru_utime.tv_usec + children.ru_stime.tv_usec) * 1000u;
}

static int until_denied(const char *file, uint64_t patience_ms)
{
    uint64_t end = now_ns() + patience_ms * 1000000u;
    struct timespec pause = { 0, 200000 };
    while (now_ns() < end) {
        int fd = open(file, O_RDONLY | O_CLOEXEC);
        if (fd < 0 && errno == EPERM) {
            printf("at_ns=%llu\n", (unsigned long long)now_ns());
            return 0;
        }
        if (fd >= 0)
            close(fd);
        nanosleep(&pause, NULL);
    }
    fprintf(stderr, "%s: never refused\n", file);
    return 1;
}

static int steady(uint64_t rate, uint64_t lasting_ms, char **file, size_t files)
{
    uint64_t period = 1000000000u / rate, lasting = lasting_ms * 1000000u;
    size_t room = (size_t)(lasting / period) + 1, count = 0;
    uint64_t *ns = malloc(room * sizeof *ns);
    if (ns == NULL)
        die("malloc");
    for (size_t i = 0; i < room; i++)
        ns[i] = 1; /* present before it is timed */
    for (size_t i = 0; i < 2000; i++)
        open_once(file[i % files]);
    wait_for_start();
    failures = 0;
    uint64_t start = now_ns(), end = start + lasting;
    while (count < room && now_ns() < end) {
        while (now_ns() < start + count * period)
            ; /* a sleep takes longer than the period */
        ns[count] = open_once(file[count % files]);
        count++;
    }
    uint64_t wall = now_ns() - start;
    printf("count=%zu\nfailures=%llu\nwall_ns=%llu\n", count, (unsigned long long)failures, (unsigned long long)wall);
    print_percentiles(ns, count);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc >= 5 && strcmp(argv[1], "steady") == 0)
        return steady(strtoull(argv[2], NULL, 10), strtoull(argv[3], NULL, 10), argv + 4, (size_t)argc - 4);

    if (argc == 4 && strcmp(argv[1], "denied") == 0)
        return until_denied(argv[3], strtoull(argv[2], NULL, 10));

    if (argc < 5 || (strcmp(argv[1], "open") != 0 && strcmp(argv[1], "exec") != 0)) {
        fprintf(stderr, "usage: asker open|exec COUNT WARMUP FILE...\n       asker steady RATE MILLISECONDS FILE...\n       asker denied MILLISECONDS FILE\n");
        return 2;
    }

    uint64_t (*once)(const char *) = strcmp(argv[1], "open") == 0 ? open_once : exec_once;
    size_t count = strtoull(argv[2], NULL, 10), warmup = strtoull(argv[3], NULL, 10), files = (size_t)argc - 4;
    uint64_t *ns = malloc(count * sizeof *ns);
    if (ns == NULL || count == 0)
        die("malloc");
    for (size_t i = 0; i < count; i++)
        ns[i] = 1; /* present before it is timed */

    for (size_t i = 0; i < warmup; i++)
        once(argv[4 + i % files]);
    wait_for_start();
    failures = 0;
    uint64_t cpu = cpu_ns(), start = now_ns();
    for (size_t i = 0; i < count; i++)
        ns[i] = once(argv[4 + i % files]);
    uint64_t wall = now_ns() - start;
    cpu = cpu_ns() - cpu;

    printf("count=%zu\nfailures=%llu\nwall_ns=%llu\ncpu_ns=%llu\n", count, (unsigned long long)failures, (unsigned long long)wall, (unsigned long long)cpu);
    print_percentiles(ns, count);
    return 0;
}
