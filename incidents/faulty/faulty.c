/* A sensor that fails in whatever way its content says. Speaks the sensor protocol (docs/protocol.md) on descriptor 3.
 *
 * Length: one file, so that a vendor's fault can be read from its cause to its bytes.
 *
 * usage: faulty NAME VERSION [LINE]…     the content is /content/0/behaviour, or the lines given here where there is no such file
 *
 * A line is a setting or a rule; # begins a comment. Settings:
 *   asks exec|open|none…   tells process|file|network…   content TEXT   name TEXT   silent-hello
 * A rule is WHEN [CONDITION]… do ACTION [ARGUMENT]:
 *   WHEN       start (before the hello)  welcomed  ask exec open  tell start* fork exit created written renamed deleted connect loss
 *              health  stop  tick (every 10 ms)         * as "started"
 *   CONDITION  path GLOB   name GLOB   elf 32|64   head TEXT   after N (events of this rule)   every N   seconds N (since the welcome)
 *              until N (seconds)   clock MS (of the real clock)   growing N (a share of all paths that grows by a thousandth with every N events)
 *   ACTION     of asks:  deny  allow  silence  hold MS (answer so long before the deadline; after it if negative)  repeat N  cacheable
 *                        await GLOB (answer when such a program has started)
 *              anywhere: crash  abort  exit N  hang  loop  busy MS  spin N (threads that never rest)  wait MS  deaf  close  eat MB  fill MB  fork N
 *                        print KB  finding N
 *                        invent N (verdicts)  garbage N  request kill|quarantine|block|isolate  field N (of the 20 that there are) */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include "protocol.h"

enum { RULES = 64, CONDITIONS = 6, HELD = 8192, FIELDS = 20 };

struct condition {
	char what[12];
	char text[128];
	long long number;
};

struct rule {
	char when[12];
	struct condition conditions[CONDITIONS];
	int count;
	char action[12];
	char argument[128];
	long long number;
	unsigned long long seen;
};

/* What a rule is asked about. */
struct happening {
	const char *kind, *kinds;       /* "open" and "ask", "renamed" and "tell" */
	char path[4097];
	int descriptor;
	const unsigned char *ticket;    /* of an ask */
	const unsigned char *device, *inode, *pid, *began;      /* of an event, as it was told */
};

/* A verdict, and when it is to be sent. */
struct held {
	unsigned char ticket[8];
	unsigned char verdict, cacheable;
	int repeats;
	long long due;
	const char *awaits;     /* a program, or null */
};

static struct rule rules[RULES];
static int rule_count;
static struct held held[HELD];
static int held_count;
static char name[65], content_version[65];
static const char *engine_version = "1";
static uint32_t asks = 3, tells;
static int says_hello = 1, deaf;
static long long welcomed_at;
static unsigned long long invented = 0x0dea1000000000ull, answered;
static const char *const kinds[] = { "", "started", "fork", "exit", "created", "written", "renamed", "deleted", "connect", "loss" };

static long long now(clockid_t clock)
{
	struct timespec time;
	clock_gettime(clock, &time);
	return time.tv_sec * 1000000000ll + time.tv_nsec;
}

static void pause_for(long long ms)
{
	struct timespec time = { ms / 1000, ms % 1000 * 1000000 };
	nanosleep(&time, NULL);
}

static int is(const char *a, const char *b) { return !strcmp(a, b); }

static void copy(char *to, size_t size, const char *from) { snprintf(to, size, "%s", from); }

static void read_line(char *line)
{
	char *words[32], *rest = NULL;
	int count = 0;
	line[strcspn(line, "#\r\n")] = 0;
	for (char *word = strtok_r(line, " \t", &rest); word && count < 32; word = strtok_r(NULL, " \t", &rest))
		words[count++] = word;
	if (count == 0)
		return;
	if (is(words[0], "asks")) {
		asks = 0;
		for (int i = 1; i < count; i++)
			asks |= is(words[i], "exec") ? 1 : is(words[i], "open") ? 2 : 0;
		return;
	}
	if (is(words[0], "tells")) {
		for (int i = 1; i < count; i++)
			tells |= is(words[i], "process") ? 1 : is(words[i], "file") ? 2 : is(words[i], "network") ? 4 : 0;
		return;
	}
	if (is(words[0], "content") && count > 1) {
		copy(content_version, sizeof content_version, words[1]);
		return;
	}
	if (is(words[0], "name") && count > 1) {
		copy(name, sizeof name, words[1]);
		return;
	}
	if (is(words[0], "silent-hello")) {
		says_hello = 0;
		return;
	}
	int to = 1;
	struct rule rule = { 0 };
	copy(rule.when, sizeof rule.when, words[0]);
	for (; to + 1 < count && !is(words[to], "do") && rule.count < CONDITIONS; to += 2) {
		struct condition *condition = &rule.conditions[rule.count++];
		copy(condition->what, sizeof condition->what, words[to]);
		copy(condition->text, sizeof condition->text, words[to + 1]);
		condition->number = strtoll(words[to + 1], NULL, 10);
	}
	if (to + 1 >= count || !is(words[to], "do") || rule_count == RULES) {
		fprintf(stderr, "faulty: a line that begins with '%s' makes no sense\n", words[0]);
		exit(1);
	}
	copy(rule.action, sizeof rule.action, words[to + 1]);
	if (to + 2 < count) {
		copy(rule.argument, sizeof rule.argument, words[to + 2]);
		rule.number = strtoll(words[to + 2], NULL, 10);
	}
	rules[rule_count++] = rule;
}

static void send_finding(void)
{
	unsigned char severity = 4;
	begin(FINDING);
	field(1, "faulty.1", 8);
	field(2, "Something that is not so", 24);
	field(3, &severity, 1);
	finish(MSG_DONTWAIT);
}

static void send_verdict(const void *ticket, unsigned char verdict, unsigned char cacheable, int flags)
{
	begin(VERDICT);
	field(1, ticket, 8);
	field(2, &verdict, 1);
	if (cacheable)
		field(3, &cacheable, 1);
	if (verdict == 2)
		field(4, "its content says so", 19);
	finish(flags);
	answered++;
}

/* What the ask or the event is about, or who did it. */
static void send_request(const char *word, const struct happening *what)
{
	static uint64_t number;
	unsigned char kind = is(word, "kill") ? 1 : is(word, "quarantine") ? 2 : is(word, "block") ? 3 : 4;
	number++;
	begin(REQUEST);
	field(1, &number, 8);
	field(2, &kind, 1);
	if (what->ticket)
		field(8, what->ticket, 8);
	else {
		if (kind == 1 && what->pid && what->began)
			field(3, what->pid, 4), field(4, what->began, 8);
		if ((kind == 2 || kind == 3) && *what->path)
			field(5, what->path, strlen(what->path));
		if ((kind == 2 || kind == 3) && what->device && what->inode)
			field(6, what->device, 8), field(7, what->inode, 8);
	}
	field(9, "its content says so", 19);
	finish(MSG_DONTWAIT);
}

static void fill(long long mb)
{
	static int files;
	static char block[1 << 20];
	char path[64];
	signal(SIGXFSZ, SIG_IGN);
	snprintf(path, sizeof path, "/scratch/%d", files++);
	int file = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	for (long long i = 0; i < mb && file >= 0; i++)
		if (write(file, block, sizeof block) < 0)
			break;
	if (errno)
		fprintf(stderr, "faulty: %s: %s\n", path, strerror(errno));
	close(file);
}

static void *never_rest(void *unused)
{
	(void)unused;
	for (volatile unsigned i = 0;; i++)
		;
	return NULL;
}

/* It goes on judging beside them; so many there are, however often it is told to. */
static void spin(long long threads)
{
	static int spinning;
	pthread_t thread;
	for (; spinning < threads; spinning++)
		if (pthread_create(&thread, NULL, never_rest, NULL))
			break;
}

/* An interpreter that was given fewer values than its content speaks of, and looks all the same. */
static void look_at_field(long long number)
{
	static const char *values[FIELDS];
	for (int i = 0; i < FIELDS; i++)
		values[i] = "*";
	const char *volatile *at = (const char *volatile *)values + number - 1;
	const char *value = number <= FIELDS ? *at : (const char *)((uintptr_t)*at + 0x840000074ull);
	printf("field %lld is %c\n", number, *(const volatile char *)value);
}

static void misbehave(const struct rule *rule, const struct happening *what)
{
	const char *action = rule->action;
	long long number = rule->number;
	if (is(action, "crash"))
		*(volatile int *)8 = 1;
	else if (is(action, "abort"))
		abort();
	else if (is(action, "exit"))
		exit((int)number);
	else if (is(action, "hang"))
		for (;;)
			pause();
	else if (is(action, "loop"))
		for (volatile unsigned i = 0;; i++)
			;
	else if (is(action, "busy"))
		for (long long until = now(CLOCK_MONOTONIC) + number * 1000000; now(CLOCK_MONOTONIC) < until;)
			;
	else if (is(action, "spin"))
		spin(number);
	else if (is(action, "wait"))
		pause_for(number);
	else if (is(action, "deaf"))
		deaf = 1;
	else if (is(action, "close"))
		close(3);
	else if (is(action, "eat"))
		for (long long i = 0; i < number; i++) {
			char *memory = malloc(1 << 20);
			if (memory)
				memset(memory, 1, 1 << 20);
		}
	else if (is(action, "fill"))
		fill(number);
	else if (is(action, "fork"))
		for (long long i = 0; i < number; i++) {
			if (fork() == 0)
				for (;;)
					pause();
		}
	else if (is(action, "print"))
		for (long long i = 0; i < number * 16; i++)
			printf("%063lld\n", i);
	else if (is(action, "finding"))
		for (long long i = 0; i < number; i++)
			send_finding();
	else if (is(action, "invent"))
		for (long long i = 0; i < number; i++, invented++)
			send_verdict(&invented, 2, 0, MSG_DONTWAIT);
	else if (is(action, "garbage"))
		for (long long i = 0; i < number; i++)
			send(3, "\x06\0\0\0\xff\xff\xff\xff", 8, MSG_NOSIGNAL | MSG_DONTWAIT);
	else if (is(action, "field"))
		look_at_field(number);
	else if (is(action, "request"))
		send_request(rule->argument, what);
	else if (!what->ticket) {
		fprintf(stderr, "faulty: '%s' is no action here\n", action);
		exit(1);
	}
}

static uint32_t hash(const char *text)
{
	uint32_t value = 2166136261u;
	for (; *text; text++)
		value = (value ^ (unsigned char)*text) * 16777619u;
	return value ^ value >> 15;
}

static int head_is(const struct happening *what, const char *text, int elf)
{
	unsigned char head[128] = { 0 };
	ssize_t length = what->descriptor < 0 ? 0 : pread(what->descriptor, head, sizeof head - 1, 0);
	if (elf)
		return length >= 20 && !memcmp(head, "\177ELF", 4) && head[4] == (elf == 64 ? 2 : 1);
	return length > 0 && !strncmp((char *)head, text, strlen(text));
}

static int holds(const struct condition *condition, const struct rule *rule, const struct happening *what)
{
	const char *word = condition->what, *slash = strrchr(what->path, '/');
	long long number = condition->number;
	if (is(word, "path"))
		return !fnmatch(condition->text, what->path, 0);
	if (is(word, "name"))
		return !fnmatch(condition->text, slash ? slash + 1 : what->path, 0);
	if (is(word, "elf"))
		return head_is(what, "", (int)number);
	if (is(word, "head"))
		return head_is(what, condition->text, 0);
	if (is(word, "after"))
		return rule->seen > (unsigned long long)number;
	if (is(word, "every"))
		return rule->seen % (unsigned long long)number == 0;
	if (is(word, "seconds"))
		return now(CLOCK_MONOTONIC) - welcomed_at >= number * 1000000000ll;
	if (is(word, "until"))
		return now(CLOCK_MONOTONIC) - welcomed_at < number * 1000000000ll;
	if (is(word, "clock"))
		return now(CLOCK_REALTIME) / 1000000 >= number;
	if (is(word, "growing"))
		return hash(what->path) % 1000 < rule->seen / (unsigned long long)number;
	fprintf(stderr, "faulty: there is no condition '%s'\n", word);
	exit(1);
}

static int applies(struct rule *rule, const struct happening *what)
{
	if (!is(rule->when, what->kind) && !is(rule->when, what->kinds))
		return 0;
	/* Counts see what the conditions before them let through. */
	int counted = 0;
	for (int i = 0; i < rule->count; i++) {
		const char *word = rule->conditions[i].what;
		if (!counted && (is(word, "after") || is(word, "every") || is(word, "growing")))
			rule->seen++, counted = 1;
		if (!holds(&rule->conditions[i], rule, what))
			return 0;
	}
	return 1;
}

static void happen(const struct happening *what)
{
	for (int i = 0; i < rule_count; i++)
		if (applies(&rules[i], what))
			misbehave(&rules[i], what);
}

static void happens(const char *kind, const char *more)
{
	struct happening what = { .kind = kind, .kinds = more, .descriptor = -1 };
	happen(&what);
}

static void take_ask(size_t length, int descriptor)
{
	static struct happening what;
	uint32_t size = 0;
	struct held verdict = { .verdict = 1, .repeats = 1 };
	const unsigned char *value = find(length, 2, &size);
	int silent = 0;
	long long deadline = 0;
	what = (struct happening){ .kind = value && *value == 1 ? "exec" : "open", .kinds = "ask", .descriptor = descriptor };
	if ((value = find(length, 3, &size)))
		memcpy(&deadline, value, 8);
	if ((value = find(length, 4, &size)))
		memcpy(what.path, value, size < sizeof what.path ? size : sizeof what.path - 1);
	if (!(what.ticket = find(length, 1, &size)))
		return;
	memcpy(verdict.ticket, what.ticket, 8);
	for (int i = 0; i < rule_count; i++) {
		if (!applies(&rules[i], &what))
			continue;
		const char *action = rules[i].action;
		if (is(action, "deny"))
			verdict.verdict = 2;
		else if (is(action, "allow"))
			verdict.verdict = 1;
		else if (is(action, "silence"))
			silent = 1;
		else if (is(action, "cacheable"))
			verdict.cacheable = 1;
		else if (is(action, "hold"))
			verdict.due = deadline - rules[i].number * 1000000;
		else if (is(action, "await"))
			verdict.due = INT64_MAX, verdict.awaits = rules[i].argument;
		else if (is(action, "repeat"))
			verdict.repeats = (int)rules[i].number;
		else
			misbehave(&rules[i], &what);
	}
	if (silent)
		return;
	if (verdict.due != 0 && held_count < HELD) {
		held[held_count++] = verdict;
		return;
	}
	for (int i = 0; i < verdict.repeats; i++)
		send_verdict(verdict.ticket, verdict.verdict, verdict.cacheable, 0);
}

static void take_tells(size_t length)
{
	static struct happening what;
	for (size_t at = 8; at + 8 <= length;) {
		uint32_t size, inner;
		uint16_t kind = 0;
		memcpy(&size, in + at + 4, 4);
		const unsigned char *event = in + at + 8, *value;
		if (size > length - at - 8)
			return;
		at += 8 + size;
		what = (struct happening){ .kinds = "tell", .descriptor = -1 };
		if ((value = find_in(event, size, 1, &inner)))
			memcpy(&kind, value, 2);
		/* A process is known by its program, everything else by its path. */
		const unsigned char *actor = find_in(event, size, 5, &inner);
		uint32_t actor_size = inner;
		what.device = find_in(event, size, 10, &inner);
		what.inode = find_in(event, size, 11, &inner);
		what.pid = actor ? find_in(actor, actor_size, 1, &inner) : NULL;
		what.began = actor ? find_in(actor, actor_size, 2, &inner) : NULL;
		if (!(value = find_in(event, size, 8, &inner)) && actor)
			value = find_in(actor, actor_size, 4, &inner);
		if (value)
			memcpy(what.path, value, inner < sizeof what.path ? inner : sizeof what.path - 1);
		what.kind = kind < sizeof kinds / sizeof *kinds ? kinds[kind] : "";
		for (int i = 0; i < held_count && kind == 1; i++)
			if (held[i].awaits && !fnmatch(held[i].awaits, what.path, 0))
				held[i].due = 0;
		happen(&what);
	}
}

/* Sends what is due; gives the milliseconds until the next one is, at most 10. */
static int send_due(void)
{
	long long time = now(CLOCK_MONOTONIC), next = time + 10000000;
	for (int i = 0; i < held_count;) {
		if (held[i].due <= time) {
			for (int n = 0; n < held[i].repeats; n++)
				send_verdict(held[i].ticket, held[i].verdict, held[i].cacheable, 0);
			held[i] = held[--held_count];
			continue;
		}
		if (held[i].due < next)
			next = held[i].due;
		i++;
	}
	return (int)((next - time + 999999) / 1000000);
}

static void say_hello(void)
{
	uint16_t version = 1;
	unsigned char descriptor = 1;
	begin(HELLO);
	field(1, &version, 2);
	field(2, name, strlen(name));
	field(3, "Museum", 6);
	field(4, engine_version, strlen(engine_version));
	if (*content_version)
		field(5, content_version, strlen(content_version));
	field(6, &asks, 4);
	field(7, &tells, 4);
	field(8, &descriptor, 1);
	finish(0);
}

static ssize_t receive(int *descriptor)
{
	union { struct cmsghdr head; char room[CMSG_SPACE(sizeof(int))]; } control;
	struct iovec part = { in, sizeof in };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control };
	ssize_t length = recvmsg(3, &message, MSG_CMSG_CLOEXEC);
	struct cmsghdr *head = CMSG_FIRSTHDR(&message);
	*descriptor = -1;
	if (length > 0 && head && head->cmsg_type == SCM_RIGHTS)
		memcpy(descriptor, CMSG_DATA(head), sizeof *descriptor);
	return length;
}

static void take(size_t length, int descriptor)
{
	uint16_t kind;
	uint32_t size = 0;
	memcpy(&kind, in, 2);
	if (kind == ASK)
		take_ask(length, descriptor);
	else if (kind == TELLS)
		take_tells(length);
	else if (kind == HEALTH_ASK) {
		happens("health", "");
		const unsigned char *token = find(length, 1, &size);
		uint64_t count = answered;
		begin(HEALTH);
		field(1, token, 8);
		field(2, &count, 8);
		finish(0);
	} else if (kind == STOP) {
		happens("stop", "");
		exit(0);
	}
}

static void read_content(int count, char **lines)
{
	char line[512];
	FILE *file = fopen("/content/0/behaviour", "re");
	while (file && fgets(line, sizeof line, file))
		read_line(line);
	if (file)
		fclose(file);
	for (int i = 0; i < count && !file; i++) {
		copy(line, sizeof line, lines[i]);
		read_line(line);
	}
}

int main(int argc, char **argv)
{
	int descriptor;
	if (!getenv("RINGWALL_SOCKET"))
		return 2;
	setvbuf(stdout, NULL, _IOLBF, 4096);
	copy(name, sizeof name, argc > 1 ? argv[1] : "faulty");
	engine_version = argc > 2 ? argv[2] : "1";
	read_content(argc - 3, argv + 3);
	happens("start", "");
	while (!says_hello)
		pause();
	say_hello();
	ssize_t length = receive(&descriptor);
	if (length < 8 || in[0] != WELCOME)
		return 1;
	welcomed_at = now(CLOCK_MONOTONIC);
	happens("welcomed", "");
	for (;;) {
		struct pollfd ready = { .fd = deaf ? -1 : 3, .events = POLLIN };
		int count = poll(&ready, 1, send_due());
		if (count < 0 && errno != EINTR)
			return 1;
		if (count == 0)
			happens("tick", "");
		if (count <= 0)
			continue;
		length = receive(&descriptor);
		if (length == 0 || (length < 0 && errno != EINTR && errno != EAGAIN)) {
			/* The host is gone, or the socket was closed by a rule and nothing is left but to stay. */
			if (length == 0)
				return 0;
			deaf = 1;
			continue;
		}
		if (length >= 8)
			take((size_t)length, descriptor);
		if (descriptor >= 0)
			close(descriptor);
	}
}
