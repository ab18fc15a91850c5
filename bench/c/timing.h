/* What the measuring programs share: a clock, percentiles, and a start that another program gives. */
#pragma once
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static inline uint64_t clock_ns(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static inline uint64_t now_ns(void) { return clock_ns(CLOCK_MONOTONIC); }

static inline int by_size(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

/* Sorts. The p-th percentile is the smallest value that is at least as large as p % of all. */
static inline void print_percentiles(uint64_t *ns, size_t count)
{
    static const struct { const char *name; double share; } wanted[] = { { "p50", .5 }, { "p90", .9 }, { "p99", .99 }, { "p999", .999 }, { "max", 1 } };
    qsort(ns, count, sizeof *ns, by_size);
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        size_t place = (size_t)(wanted[i].share * (double)count + .999999);
        printf("%s_ns=%llu\n", wanted[i].name, (unsigned long long)ns[place == 0 ? 0 : place > count ? count - 1 : place - 1]);
    }
}

/* Warm: says so, and waits for a byte (or the end) on standard input. */
static inline void wait_for_start(void)
{
    char byte;
    puts("warm");
    fflush(stdout);
    if (read(0, &byte, 1) < 0)
        exit(1);
}

static inline void die(const char *what)
{
    perror(what);
    exit(1);
}
