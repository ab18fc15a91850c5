/* A sensor that misbehaves on purpose. Speaks the sensor protocol (docs/protocol.md) on descriptor 3, little endian.
 *
 * usage: sensor NAME WHAT
 *   WHAT: good            answers asks and health, stops when told
 *         crash-early     ends by a signal before its hello
 *         mute            never says hello
 *         stranger        says hello under another name
 *         babble          its first message is nonsense
 *         crash abort exit leave-quietly   says hello, then ends so
 *         deaf            says hello, then reads nothing
 *         close           says hello, closes its socket and goes on
 *         eat             takes memory without end
 *         spin            burns processor time, answers all the same
 *         shout           sends findings as fast as it can
 *         lie             sends verdicts that nobody asked for, as fast as it can
 *         garble          sends messages that make no sense, as fast as it can
 *         garble-once     sends one, then behaves
 *         slow            reads asks and answers none
 *         print           prints without end, answers all the same
 *         request         requests isolation, and finds what became of it
 *         stay            behaves, but does not stop when told
 *         fork            forks without end, then behaves */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "protocol.h"

static void hello(const char *name)
{
	uint16_t version = 1;
	uint32_t asks = 3, tells = 1;
	begin(HELLO);
	field(1, &version, 2);
	field(2, name, strlen(name));
	field(3, "Test", 4);
	field(4, "1.0", 3);
	field(5, "7", 1);
	field(6, &asks, 4);
	field(7, &tells, 4);
	finish(0);
}

static void verdict(const unsigned char *ticket, int flags)
{
	unsigned char allow = 1;
	begin(VERDICT);
	field(1, ticket, 8);
	field(2, &allow, 1);
	finish(flags);
}

static void found(const char *title, size_t length)
{
	unsigned char severity = 3;
	begin(FINDING);
	field(1, "probe.1", 7);
	field(2, title, length);
	field(3, &severity, 1);
	finish(MSG_DONTWAIT);
}

static void finding(void)
{
	found("A probe was here", 16);
}

static void request(void)
{
	uint64_t number = 12;
	unsigned char isolate = 4;
	begin(REQUEST);
	field(1, &number, 8);
	field(2, &isolate, 1);
	field(9, "it spreads", 10);
	finish(0);
}

int main(int argc, char **argv)
{
	const char *what = argc > 2 ? argv[2] : "good";
	uint64_t ticket = 1;
	setvbuf(stdout, NULL, _IONBF, 0);
	printf("starting as %s\n", what);
	if (!strcmp(what, "crash-early"))
		*(volatile int *)0 = 1;
	if (!strcmp(what, "mute"))
		for (;;)
			pause();
	if (!strcmp(what, "babble")) {
		send(3, "babble", 6, 0);
		for (;;)
			pause();
	}
	hello(strcmp(what, "stranger") ? argv[1] : "stranger");
	ssize_t length = recv(3, in, sizeof in, 0);
	uint16_t kind = 0;
	memcpy(&kind, in, 2);
	if (length < 8 || kind != WELCOME)
		return 4;
	printf("welcomed\n");
	if (!strcmp(what, "crash"))
		*(volatile int *)0 = 1;
	if (!strcmp(what, "abort"))
		abort();
	if (!strcmp(what, "exit"))
		return 7;
	if (!strcmp(what, "leave-quietly"))
		return 0;
	if (!strcmp(what, "deaf"))
		for (;;)
			pause();
	if (!strcmp(what, "close")) {
		close(3);
		for (;;)
			pause();
	}
	if (!strcmp(what, "eat"))
		for (size_t total = 0;; total += 1 << 20)
			memset(malloc(1 << 20), 1, 1 << 20);
	if (!strcmp(what, "fork"))
		for (int i = 0; i < 10000; i++) {
			pid_t child = fork();
			if (child == 0)
				for (;;)
					pause();
			if (child < 0) {
				printf("fork: %s after %d\n", strerror(errno), i);
				break;
			}
		}

	if (!strcmp(what, "request"))
		request();
	if (!strcmp(what, "garble-once"))
		send(3, "\x06\0\0\0\xff\xff\xff\xff", 8, MSG_NOSIGNAL);

	int quick = !strcmp(what, "shout") || !strcmp(what, "lie") || !strcmp(what, "garble") || !strcmp(what, "spin") || !strcmp(what, "print");
	for (;;) {
		struct pollfd ready = { .fd = 3, .events = POLLIN };
		if (poll(&ready, 1, quick ? 0 : -1) == 0) {
			if (!strcmp(what, "shout"))
				finding();
			else if (!strcmp(what, "lie"))
				verdict((unsigned char *)&ticket, MSG_DONTWAIT), ticket++;
			else if (!strcmp(what, "garble"))
				send(3, "\x06\0\0\0\xff\xff\xff\xff", 8, MSG_NOSIGNAL | MSG_DONTWAIT);
			else if (!strcmp(what, "print"))
				printf("line %llu of many \x1b[31m in red\n", (unsigned long long)ticket++);
			continue;
		}
		length = recv(3, in, sizeof in, 0);
		if (length <= 0)
			return 5;
		memcpy(&kind, in, 2);
		uint32_t size = 0;
		const unsigned char *value = find((size_t)length, 1, &size);
		if (kind == ASK && value && strcmp(what, "slow"))
			verdict(value, 0);
		if (kind == HEALTH_ASK && value) {
			begin(HEALTH);
			field(1, value, 8);
			finish(0);
		}
		if (kind == OUTCOME && value) {
			const unsigned char *became = find((size_t)length, 2, &size);
			const unsigned char *why = find((size_t)length, 3, &size);
			if (why)
				found((const char *)why, size);
			else
				found(became && *became == 1 ? "done" : "not done", became && *became == 1 ? 4 : 8);
		}
		if (kind == STOP && strcmp(what, "stay")) {
			printf("stopping\n");
			return 0;
		}
	}
}
