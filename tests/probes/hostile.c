/* Tries to do what a sensor must not. Descriptor 3 is a SOCK_SEQPACKET socket: each attempt is told there as "NAME ERROR", 0 when it worked.
 *
 * usage: hostile DIRECTORY PID [SECRET-PORT]
 *   DIRECTORY  tries to write there (the control run gets a folder of its own)
 *   PID        a process to look at (inside: the host; in the control run: a process that waits to be killed)
 * First of all one message with a descriptor comes in on 3: the event's file.
 * Everything it makes it takes away again, and whatever repeats itself counts to a bound. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/io_uring.h>
#include <linux/keyctl.h>
#include <linux/perf_event.h>
#include <linux/userfaultfd.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD 77
#endif
#define MOST_CHILDREN 300

static const char *directory;
static pid_t target;
static int event = -1;

static void tell(const char *name, long result)
{
	char line[128];
	int error = result < 0 ? errno : 0;
	int length = snprintf(line, sizeof line, "%s %d", name, error);
	if (send(3, line, length, MSG_NOSIGNAL) < 0)
		exit(9);
}

static const char *in_directory(const char *name)
{
	static char path[4096];
	snprintf(path, sizeof path, "%s/%s", strcmp(directory, "/") ? directory : "", name);
	return path;
}

static int receive_event(void)
{
	char data[16], control[CMSG_SPACE(sizeof(int))];
	struct iovec part = { data, sizeof data };
	struct msghdr head = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control };
	if (recvmsg(3, &head, 0) <= 0)
		return -1;
	struct cmsghdr *c = CMSG_FIRSTHDR(&head);
	return c ? *(int *)CMSG_DATA(c) : -1;
}

/* Closes what an attempt opened, and passes its result on. */
static long opened(long fd)
{
	if (fd >= 0)
		close((int)fd);
	return fd;
}

static void try_files(void)
{
	tell("read-passwd", opened(open("/etc/passwd", O_RDONLY)));
	tell("list-machine", opened(open("/var/lib", O_RDONLY | O_DIRECTORY)));
	tell("read-kernel-log", opened(open("/dev/kmsg", O_RDONLY | O_NONBLOCK)));
	tell("create-file", opened(open(in_directory("probe-file"), O_CREAT | O_WRONLY | O_EXCL, 0600)));
	tell("unlink-file", unlink(in_directory("probe-file")));
	tell("make-directory", mkdir(in_directory("probe-directory"), 0700));
	tell("remove-directory", rmdir(in_directory("probe-directory")));
	tell("make-link", symlink("x", in_directory("probe-link")));
	unlink(in_directory("probe-link"));
	tell("make-device", mknod(in_directory("probe-device"), S_IFCHR | 0600, 0x103));
	unlink(in_directory("probe-device"));
	tell("make-pipe", mkfifo(in_directory("probe-pipe"), 0600));
	unlink(in_directory("probe-pipe"));
}

static void try_event(void)
{
	char link[64], byte = 'x';
	struct flock lock = { .l_type = F_RDLCK, .l_whence = SEEK_SET };
	if (event < 0) {
		errno = ENOTCONN;
		tell("event-missing", 0);
		return;
	}
	char read_one;
	/* The one thing that must work. */
	tell("event-read!", pread(event, &read_one, 1, 0) == 1 ? 0 : -1);
	tell("event-write", write(event, &byte, 1));
	tell("event-pwrite", pwrite(event, &byte, 1, 0));
	tell("event-truncate", ftruncate(event, 1));
	tell("event-allocate", fallocate(event, 0, 0, 4096));
	snprintf(link, sizeof link, "/proc/self/fd/%d", event);
	tell("event-reopen-write", opened(open(link, O_RDWR)));
	tell("event-reopen-read", opened(open(link, O_RDONLY)));
	snprintf(link, sizeof link, "/proc/1/fd/%d", event);
	if (getpid() == 1)
		tell("event-reopen-by-pid", opened(open(link, O_RDWR)));
	tell("event-link", linkat(event, "", AT_FDCWD, in_directory("probe-hard"), AT_EMPTY_PATH));
	unlink(in_directory("probe-hard"));
	tell("event-times", syscall(SYS_utimensat, event, NULL, NULL, 0));
	tell("event-attribute", fsetxattr(event, "trusted.probe", "x", 1, 0) && fsetxattr(event, "user.probe", "x", 1, 0) ? -1 : 0);
	tell("event-mode", fchmod(event, 0666));
	tell("event-owner", fchown(event, getuid(), getgid()));
	tell("event-lock", flock(event, LOCK_EX | LOCK_NB));
	flock(event, LOCK_UN);
	tell("event-record-lock", fcntl(event, F_SETLK, &lock));
	tell("event-lease", fcntl(event, F_SETLEASE, F_RDLCK));
	fcntl(event, F_SETLEASE, F_UNLCK);
	tell("event-direct", fcntl(event, F_SETFL, O_DIRECT));
	fcntl(event, F_SETFL, 0);
	tell("event-signals", fcntl(event, F_SETOWN, getpid()));
	void *map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, event, 0);
	tell("event-map-write", map == MAP_FAILED ? -1 : 0);
	if (map != MAP_FAILED)
		munmap(map, 4096);
	tell("event-sync", fsync(event));
}

static void try_processes(void)
{
	int others = 0;
	DIR *proc = opendir("/proc");
	for (struct dirent *entry; proc && (entry = readdir(proc));)
		others += atoi(entry->d_name) > 1 && atoi(entry->d_name) != getpid();
	if (proc)
		closedir(proc);
	errno = ESRCH;
	tell("see-processes", others > 0 ? 0 : -1);
	tell("signal-process", kill(target, 0));
	tell("continue-process", kill(target, SIGCONT));
	tell("trace-process", ptrace(PTRACE_SEIZE, target, 0, 0));
	ptrace(PTRACE_DETACH, target, 0, 0);
	char local[8];
	struct iovec mine = { local, sizeof local }, theirs = { (void *)0x400000, sizeof local };
	/* EFAULT: allowed to look, but nothing is there. */
	long got = process_vm_readv(target, &mine, 1, &theirs, 1, 0);
	tell("read-memory", got >= 0 || errno == EFAULT ? 0 : -1);
	long pidfd = syscall(SYS_pidfd_open, target, 0);
	tell("hold-process", pidfd);
	tell("take-descriptor", pidfd < 0 ? -1 : opened(syscall(SYS_pidfd_getfd, pidfd, 0, 0)));
	tell("signal-by-handle", pidfd < 0 ? -1 : syscall(SYS_pidfd_send_signal, pidfd, 0, NULL, 0));
	opened(pidfd);
	int peer = -1;
	socklen_t size = sizeof peer;
	tell("hold-host", getsockopt(3, SOL_SOCKET, SO_PEERPIDFD, &peer, &size));
	if (peer >= 0)
		close(peer);
	tell("compare-processes", syscall(SYS_kcmp, getpid(), target, 1, 0, 0));
	tell("process-group", getpgid(target));
	tell("outlive-host", prctl(PR_SET_PDEATHSIG, 0));
}

static void try_sockets(void)
{
	int pair[2];
	tell("socket-inet", opened(socket(AF_INET, SOCK_STREAM, 0)));
	tell("socket-inet-datagram", opened(socket(AF_INET, SOCK_DGRAM, 0)));
	tell("socket-inet6", opened(socket(AF_INET6, SOCK_STREAM, 0)));
	tell("socket-netlink", opened(socket(AF_NETLINK, SOCK_RAW, 0)));
	tell("socket-unix", opened(socket(AF_UNIX, SOCK_STREAM, 0)));
	tell("socket-packet", opened(socket(AF_PACKET, SOCK_RAW, 0)));
	int made = socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
	tell("socket-pair", made);
	if (made == 0) {
		close(pair[0]);
		close(pair[1]);
	}
}

static void try_kernel(void)
{
	struct bpf_insn program[] = { { .code = BPF_ALU64 | BPF_MOV | BPF_K }, { .code = BPF_JMP | BPF_EXIT } };
	union bpf_attr load = { .prog_type = BPF_PROG_TYPE_SOCKET_FILTER, .insns = (unsigned long)program, .insn_cnt = 2, .license = (unsigned long)"GPL" };
	union bpf_attr map = { .map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 4, .max_entries = 1 };
	struct io_uring_params ring = { 0 };
	struct perf_event_attr perf = { .type = PERF_TYPE_SOFTWARE, .size = sizeof perf, .config = PERF_COUNT_SW_CPU_CLOCK };
	tell("bpf-program", opened(syscall(SYS_bpf, BPF_PROG_LOAD, &load, sizeof load)));
	tell("bpf-map", opened(syscall(SYS_bpf, BPF_MAP_CREATE, &map, sizeof map)));
	tell("io-uring", opened(syscall(SYS_io_uring_setup, 1, &ring)));
	tell("keyring", syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_PROCESS_KEYRING, 1));
	tell("key", syscall(SYS_add_key, "user", "ringwall-probe", "x", 1, KEY_SPEC_PROCESS_KEYRING));
	tell("userfaultfd", opened(syscall(SYS_userfaultfd, UFFD_USER_MODE_ONLY)));
	tell("perf-event", opened(syscall(SYS_perf_event_open, &perf, 0, -1, -1, 0)));
	tell("memory-file", opened(syscall(SYS_memfd_create, "probe", 0)));
	tell("fanotify", opened(fanotify_init(FAN_CLASS_NOTIF, O_RDONLY)));
	tell("inotify", opened(inotify_init()));
	tell("kernel-log", syscall(SYS_syslog, 10, NULL, 0));
	int shared = shmget(IPC_PRIVATE, 4096, 0600);
	tell("shared-memory", shared);
	if (shared >= 0)
		shmctl(shared, IPC_RMID, NULL);
	struct file_handle *handle = calloc(1, sizeof *handle + 128);
	handle->handle_bytes = 128;
	int mount_id;
	tell("file-handle", name_to_handle_at(AT_FDCWD, "/", handle, &mount_id, 0));
	free(handle);
	int pipes[2];
	struct iovec page = { "x", 1 };
	if (pipe(pipes) == 0) {
		tell("splice-memory", vmsplice(pipes[1], &page, 1, 0));
		close(pipes[0]);
		close(pipes[1]);
	}
	tell("personality", syscall(SYS_personality, 0xffffffff));
}

static void try_rights(void)
{
	struct rlimit limit;
	tell("become-root", setresuid(0, 0, 0));
	tell("become-root-group", setresgid(0, 0, 0));
	tell("drop-groups", syscall(SYS_setgroups, 0, NULL));
	tell("change-root", chroot("/"));
	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = ++limit.rlim_max;
	tell("raise-limit", setrlimit(RLIMIT_NOFILE, &limit));
	struct sched_param first = { .sched_priority = 1 };
	tell("run-first", sched_setscheduler(0, SCHED_FIFO, &first));
	first.sched_priority = 0;
	sched_setscheduler(0, SCHED_OTHER, &first);
	tell("raise-priority", setpriority(PRIO_PROCESS, 0, -5));
	tell("lock-memory", mlockall(MCL_CURRENT));
	munlockall();

	/* What follows changes where this process is; in the control run nobody else is in its new namespaces. */
	pid_t child = (pid_t)syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0);
	if (child == 0)
		_exit(0);
	tell("user-namespace", child);
	if (child > 0)
		waitpid(child, NULL, 0);
	tell("network-namespace", unshare(CLONE_NEWNET));
	tell("mount-namespace", unshare(CLONE_NEWNS));
	if (errno != EPERM)
		mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL);
	tell("mount-tmpfs", mount("none", directory, "tmpfs", 0, "size=4k"));
	tell("unmount", umount2(directory, MNT_DETACH));
	tell("move-root", mount("/", directory, NULL, MS_BIND, NULL));
	umount2(directory, MNT_DETACH);
	tell("mount-writable", mount("none", "/", NULL, MS_REMOUNT | MS_BIND, NULL));
	tell("mount-context", opened(syscall(SYS_fsopen, "tmpfs", 0)));
}

static void try_programs(void)
{
	int status = -1;
	pid_t child = fork();
	if (child == 0) {
		execl("/bin/sh", "sh", "-c", "exit 0", NULL);
		_exit(errno == ENOENT ? 2 : 3);
	}
	if (child > 0)
		waitpid(child, &status, 0);
	errno = ENOENT;
	tell("execute-shell", child > 0 && status == 0 ? 0 : -1);

	/* Fork without end, but for a bound that no sensor is allowed to reach. */
	static pid_t children[MOST_CHILDREN];
	int count = 0;
	for (; count < MOST_CHILDREN; count++) {
		children[count] = fork();
		if (children[count] == 0) {
			pause();
			_exit(0);
		}
		if (children[count] < 0)
			break;
	}
	tell("fork-without-end", count < MOST_CHILDREN ? -1 : 0);
	for (int i = 0; i < count; i++)
		kill(children[i], SIGKILL);
	for (int i = 0; i < count; i++)
		waitpid(children[i], NULL, 0);

	/* Open without end. */
	int many = 0, fds[8192];
	for (; many < 8192 && (fds[many] = dup(1)) >= 0; many++)
		;
	tell("open-without-end", many < 8192 ? -1 : 0);
	for (int i = 0; i < many; i++)
		close(fds[i]);
}

int main(int argc, char **argv)
{
	if (argc < 3)
		return 8;
	directory = argv[1];
	target = atoi(argv[2]);
	signal(SIGXFSZ, SIG_IGN);
	event = receive_event();
	try_files();
	try_event();
	try_processes();
	try_sockets();
	try_kernel();
	try_programs();
	try_rights();
	tell("done!", 0);
	return 0;
}
