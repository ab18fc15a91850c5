/* Says what a sensor finds itself in. Lines on standard output: "path MODE PATH", "descriptor N", "user N", and so on.
 *
 * usage: view        looks around and ends
 *        view spin   burns processor time without end
 *        view wait   waits without end */
#define _GNU_SOURCE
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

extern char **environ;

static int walk(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)ftw;
	char target[256] = "";
	if (type == FTW_SL) {
		ssize_t length = readlink(path, target, sizeof target - 1);
		target[length < 0 ? 0 : length] = 0;
	}
	printf("path %c%s %s%s%s\n", S_ISDIR(st->st_mode) ? 'd' : S_ISLNK(st->st_mode) ? 'l' : S_ISCHR(st->st_mode) ? 'c' : '-',
	       access(path, W_OK) == 0 ? "w" : "r", path, target[0] ? " -> " : "", target);
	return 0;
}

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc > 1 && !strcmp(argv[1], "spin"))
		for (;;)
			;
	if (argc > 1 && !strcmp(argv[1], "wait"))
		for (;;)
			pause();
	for (int fd = 0; fd < 1024; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			printf("descriptor %d\n", fd);
	uid_t r, e, s;
	gid_t rg, eg, sg;
	getresuid(&r, &e, &s);
	getresgid(&rg, &eg, &sg);
	printf("user %u %u %u\ngroup %u %u %u\ngroups %d\n", r, e, s, rg, eg, sg, getgroups(0, NULL));
	printf("pid %d parent %d leads %d\n", getpid(), getppid(), getsid(0) == getpid());
	int bounding = 0;
	for (int capability = 0; capability < 64; capability++)
		bounding += prctl(PR_CAPBSET_READ, capability) == 1;
	printf("bounding %d\nno-new-privileges %d\n", bounding, prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
	int death = 0;
	prctl(PR_GET_PDEATHSIG, &death);
	printf("death-signal %d\n", death);
	struct rlimit core, tasks;
	getrlimit(RLIMIT_CORE, &core);
	getrlimit(RLIMIT_NPROC, &tasks);
	printf("core %lu tasks %lu\n", (unsigned long)core.rlim_max, (unsigned long)tasks.rlim_max);
	struct utsname name;
	uname(&name);
	printf("host %s\n", name.nodename);
	for (char **variable = environ; *variable; variable++)
		printf("variable %s\n", *variable);
	nftw("/", walk, 16, FTW_PHYS);
	return 0;
}
