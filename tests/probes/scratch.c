/* What a sensor can do in its scratch folder, and whether it can write anywhere else. Lines on standard output: "NAME ERROR", 0 when it worked,
 * and "filled MEBIBYTES", "files NUMBER", "outside PATH ERROR" for each place that it tried.
 *
 * usage: scratch        tries, fills, empties, and ends
 *        scratch keep   fills and waits without end */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static char block[64 * 1024];

static void tell(const char *name, long result)
{
	printf("%s %d\n", name, result < 0 ? errno : 0);
}

/* Until the folder is full; says how much went in, and why no more did. */
static long fill(const char *path)
{
	long total = 0;
	int file = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	for (long written; file >= 0 && total < (256L << 20) && (written = write(file, block, sizeof block)) > 0;)
		total += written;
	tell("full", -1);
	if (file >= 0)
		close(file);
	return total;
}

static void work(void)
{
	char read_back[6] = "";
	int file = open("/scratch/file", O_CREAT | O_RDWR | O_CLOEXEC, 0600);
	tell("make", file);
	tell("write", write(file, "12345", 5));
	tell("write-at", pwrite(file, "x", 1, 4));
	tell("read", pread(file, read_back, 5, 0));
	printf("content %s\n", read_back);
	tell("shorten", ftruncate(file, 3));
	tell("directory", mkdir("/scratch/sub", 0700));
	tell("rename", rename("/scratch/file", "/scratch/sub/file"));
	void *map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	tell("map", map == MAP_FAILED ? -1 : 0);
	if (map != MAP_FAILED)
		munmap(map, 4096);

	/* What must not work in there, either. */
	map = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, file, 0);
	tell("!map-program", map == MAP_FAILED ? -1 : 0);
	close(file);
	int source = open("/sensor/program", O_RDONLY | O_CLOEXEC), copy = open("/scratch/program", O_CREAT | O_WRONLY | O_CLOEXEC, 0700);
	for (ssize_t length; (length = read(source, block, sizeof block)) > 0;)
		if (write(copy, block, length) != length)
			break;
	close(source);
	close(copy);
	if (fork() == 0) {
		execl("/scratch/program", "program", "nothing", NULL);
		tell("!execute", -1);
		_exit(0);
	}
	tell("!device", mknod("/scratch/device", S_IFCHR | 0600, 0x103));
	tell("!pipe", mkfifo("/scratch/pipe", 0600));
	tell("!symbolic-link", symlink("/sensor", "/scratch/link"));
	tell("!hard-link", link("/scratch/sub/file", "/scratch/hard"));
	tell("!mode", chmod("/scratch/sub/file", 04755));
	tell("!move-out", rename("/scratch/sub/file", "/file"));
	tell("!move-in", rename("/content/0/rules", "/scratch/rules"));
	tell("!replace", rename("/scratch", "/other"));
	tell("!remove", rmdir("/scratch"));
	tell("remove-file", unlink("/scratch/sub/file"));
	tell("remove-program", unlink("/scratch/program"));
	tell("remove-directory", rmdir("/scratch/sub"));
}

static void outside(void)
{
	static const char *places[] = { "/", "/sensor", "/content", "/content/0", "/dev", "/proc", "/proc/1", "/lib", "/usr", "/sys" };
	char path[256];
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		snprintf(path, sizeof path, "%s/probe", places[i]);
		int file = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
		printf("outside %s %d\n", path, file < 0 ? errno : 0);
		printf("outside-directory %s %d\n", path, mkdir(path, 0700) < 0 ? errno : 0);
	}
	static const char *files[] = { "/sensor/program", "/sensor/sensor.json", "/content/0/rules", "/proc/meminfo", "/proc/1/maps" };
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		printf("outside %s %d\n", files[i], open(files[i], O_WRONLY | O_CLOEXEC) < 0 ? errno : 0);
		printf("outside-remove %s %d\n", files[i], unlink(files[i]) < 0 ? errno : 0);
	}
}

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	memset(block, 7, sizeof block);
	if (argc > 1 && !strcmp(argv[1], "keep")) {
		printf("filled %ld\n", fill("/scratch/much") >> 20);
		for (;;)
			pause();
	}
	if (argc > 1)
		return 0;
	work();
	outside();
	printf("filled %ld\n", fill("/scratch/much") >> 20);
	tell("remove-much", unlink("/scratch/much"));
	char path[64];
	int files = 0;
	for (int file; files < 100000; files++) {
		snprintf(path, sizeof path, "/scratch/%d", files);
		if ((file = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600)) < 0)
			break;
		close(file);
	}
	tell("no-more-files", -1);
	printf("files %d\n", files);
	return 0;
}
