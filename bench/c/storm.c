/*
 * Makes events as fast as it can.
 *
 *   storm process WORKERS COUNT PROGRAM     each worker starts PROGRAM and waits for it, COUNT times
 *   storm file WORKERS COUNT FOLDER         each worker creates, writes, renames and deletes COUNT files
 */
#include "timing.h"
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>

extern char **environ;

static void start_programs(const char *program, size_t count)
{
    char *arguments[] = { (char *)program, NULL };
    for (size_t i = 0; i < count; i++) {
        pid_t pid;
        if (posix_spawn(&pid, program, NULL, NULL, arguments, environ) != 0 || waitpid(pid, NULL, 0) != pid)
            die(program);
    }
}

static void make_files(const char *folder, size_t worker, size_t count)
{
    char from[4096], to[4096];
    for (size_t i = 0; i < count; i++) {
        snprintf(from, sizeof from, "%s/new-%zu-%zu", folder, worker, i);
        snprintf(to, sizeof to, "%s/old-%zu-%zu", folder, worker, i);
        int fd = open(from, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
        if (fd < 0 || write(fd, "x", 1) != 1 || close(fd) != 0 || rename(from, to) != 0 || unlink(to) != 0)
            die(from);
    }
}

int main(int argc, char **argv)
{
    if (argc != 5) {
        fprintf(stderr, "usage: storm process|file WORKERS COUNT PROGRAM|FOLDER\n");
        return 2;
    }

    size_t workers = strtoull(argv[2], NULL, 10), count = strtoull(argv[3], NULL, 10);
    int gate[2];
    if (pipe(gate) != 0)
        die("pipe");
    for (size_t i = 0; i < workers; i++) {
        pid_t pid = fork();
        if (pid < 0)
            die("fork");
        if (pid == 0) {
            char byte;
            close(gate[1]);
            if (read(gate[0], &byte, 1) < 0)    /* all start together, when the other end is closed */
                die("read");
            if (strcmp(argv[1], "process") == 0)
                start_programs(argv[4], count);
            else
                make_files(argv[4], i, count);
            _exit(0);
        }
    }

    close(gate[0]);
    wait_for_start();
    uint64_t start = now_ns();
    close(gate[1]);
    int failures = 0, status;
    for (size_t i = 0; i < workers; i++)
        failures += wait(&status) < 0 || status != 0;
    printf("wall_ns=%llu\ncount=%zu\nfailures=%d\n", (unsigned long long)(now_ns() - start), workers * count, failures);
    return 0;
}
