/* A machine at work, measured: does one kind of operation again and again inside a root of its own and says how long each took.
 *
 * usage: canary ROOT exec|open|watch|change|connect PAUSE-MS PATH…     paths as seen inside ROOT; ends when its standard input does
 * output: KIND STARTED-NS TOOK-NS ERRNO PATH, a line for each operation; times by CLOCK_MONOTONIC
 *
 *   exec    executes the program, and waits until the kernel has let it or refused
 *   open    opens the file for reading
 *   watch   the same; of a file that is to be refused
 *   connect connects to a port of this machine at which nobody listens
 *   change  creates the file, writes to it, renames it to PATH.new, deletes that; what is measured is the opening
 *
 * It runs ahead of ordinary threads: what it measures shall be the guard, not the queue for a processor. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000000ll + time.tv_nsec;
}

/* How long until the kernel had decided: a child that shares our memory holds us until it executes or gives up. */
static int execute(const char *path, long long *took)
{
	volatile int refused = 0;
	char *const arguments[] = { (char *)path, NULL }, *const environment[] = { NULL };
	long long start = now();
	pid_t child = vfork();
	if (child == 0) {
		execve(path, arguments, environment);
		refused = errno;
		_exit(127);
	}
	*took = now() - start;
	if (child < 0)
		return errno;
	waitpid(child, NULL, 0);
	return refused;
}

static int open_one(const char *path, int flags, long long *took)
{
	long long start = now();
	int file = open(path, flags | O_CLOEXEC, 0644), refused = file < 0 ? errno : 0;
	*took = now() - start;
	if (file >= 0) {
		if (flags & O_CREAT && write(file, "changed\n", 8) < 0)
			refused = errno;
		close(file);
	}
	return refused;
}

static int connect_one(long long *took)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(9), .sin_addr = { htonl(INADDR_LOOPBACK) } };
	int socket_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	long long start = now();
	int refused = connect(socket_, (struct sockaddr *)&address, sizeof address) ? errno : 0;
	*took = now() - start;
	close(socket_);
	return refused == ECONNREFUSED ? 0 : refused;
}

int main(int argc, char **argv)
{
	if (argc < 5) {
		fprintf(stderr, "usage: canary ROOT exec|open|watch|change|connect PAUSE-MS PATH...\n");
		return 2;
	}
	const char *kind = argv[2];
	int pause_ms = atoi(argv[3]);
	struct sched_param ahead = { .sched_priority = 1 };
	sched_setscheduler(0, SCHED_FIFO, &ahead);
	if (chroot(argv[1]) || chdir("/")) {
		perror(argv[1]);
		return 1;
	}
	setvbuf(stdout, NULL, _IOLBF, 4096);
	for (int i = 4;; i = i + 1 < argc ? i + 1 : 4) {
		struct pollfd end = { .fd = 0, .events = POLLIN };
		if (poll(&end, 1, pause_ms) > 0)
			return 0;
		char other[4096];
		long long start = now(), took = 0;
		int refused;
		snprintf(other, sizeof other, "%s.new", argv[i]);
		if (!strcmp(kind, "exec"))
			refused = execute(argv[i], &took);
		else if (!strcmp(kind, "connect"))
			refused = connect_one(&took);
		else
			refused = open_one(argv[i], strcmp(kind, "change") ? O_RDONLY : O_CREAT | O_WRONLY | O_TRUNC, &took);
		if (!strcmp(kind, "change") && !refused && (rename(argv[i], other) || unlink(other)))
			refused = errno;
		printf("%s %lld %lld %d %s\n", kind, start, took, refused, argv[i]);
	}
}
