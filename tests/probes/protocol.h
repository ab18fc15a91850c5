/* What C programs of the tests and of the museum speak the sensor protocol with (docs/protocol.md), on descriptor 3, little endian. */
#ifndef RINGWALL_PROTOCOL_H
#define RINGWALL_PROTOCOL_H
#include <stdint.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

enum { HELLO = 1, WELCOME, ASK, VERDICT, TELLS, FINDING, HEALTH, HEALTH_ASK, STOP, REQUEST, OUTCOME };

static unsigned char out[4096], in[131072];
static size_t used;

static void put(const void *bytes, size_t length)
{
	memcpy(out + used, bytes, length);
	used += length;
}

static void begin(uint16_t kind)
{
	uint16_t zero = 0;
	uint32_t length = 0;
	used = 0;
	put(&kind, 2);
	put(&zero, 2);
	put(&length, 4);
}

static void field(uint16_t id, const void *value, uint32_t length)
{
	uint16_t zero = 0;
	put(&id, 2);
	put(&zero, 2);
	put(&length, 4);
	put(value, length);
}

static int finish(int flags)
{
	uint32_t length = (uint32_t)used;
	memcpy(out + 4, &length, 4);
	return send(3, out, used, MSG_NOSIGNAL | flags) < 0 ? -1 : 0;
}

/* The value of field id in this list of fields, or null. */
static const unsigned char *find_in(const unsigned char *fields, size_t length, uint16_t id, uint32_t *size)
{
	for (size_t at = 0; at + 8 <= length;) {
		uint16_t this;
		memcpy(&this, fields + at, 2);
		memcpy(size, fields + at + 4, 4);
		if (*size > length - at - 8)
			return NULL;
		if (this == id)
			return fields + at + 8;
		at += 8 + *size;
	}
	return NULL;
}

/* The value of field id in the message of this length, or null. */
static const unsigned char *find(size_t length, uint16_t id, uint32_t *size)
{
	return find_in(in + 8, length - 8, id, size);
}
#endif
