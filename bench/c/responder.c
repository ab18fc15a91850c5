/*
 * The least that can answer: allows every open and execution on one filesystem. What the kernel's permission events cost when
 * nobody decides anything.
 *
 *   responder MOUNT      says "ready", ends on a signal
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/fanotify.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: responder MOUNT\n");
        return 2;
    }

    int group = fanotify_init(FAN_CLASS_CONTENT | FAN_CLOEXEC, O_RDONLY | O_CLOEXEC | O_LARGEFILE);
    if (group < 0) {
        perror("fanotify_init");
        return 1;
    }
    if (fanotify_mark(group, FAN_MARK_ADD | FAN_MARK_FILESYSTEM, FAN_OPEN_PERM | FAN_OPEN_EXEC_PERM, AT_FDCWD, argv[1]) != 0) {
        perror(argv[1]);
        return 1;
    }
    puts("ready");
    fflush(stdout);

    _Alignas(struct fanotify_event_metadata) char buffer[64 * sizeof(struct fanotify_event_metadata)];
    for (;;) {
        ssize_t length = read(group, buffer, sizeof buffer);
        if (length < 0) {
            if (errno == EINTR)
                continue;
            perror("read");
            return 1;
        }
        for (struct fanotify_event_metadata *event = (void *)buffer; FAN_EVENT_OK(event, length); event = FAN_EVENT_NEXT(event, length)) {
            struct fanotify_response answer = { .fd = event->fd, .response = FAN_ALLOW };
            if (write(group, &answer, sizeof answer) != sizeof answer && errno != ENOENT) {
                perror("write");
                return 1;
            }
            close(event->fd);
        }
    }
}
