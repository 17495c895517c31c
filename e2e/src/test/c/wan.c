/*
 * Copyright The Holdfast Authors
 * SPDX-License-Identifier: Apache-2.0
 */
/*
 * wan - a small wide-area-network emulator for tests, in one C file.
 *
 * It joins two network namespaces ("cli" and "srv") by a pair of TUN devices
 * that this process holds, and carries IP packets between them with a delay,
 * jitter, loss, duplication, reordering, a bandwidth and a bounded queue, each
 * settable per direction.  It also behaves as the stateful box a real path
 * contains: it keeps a flow table, can translate the client's address (NAT),
 * forgets idle flows, loses its mappings, moves the client to another public
 * or private address, forges TCP resets, and can go silent in one or both
 * directions.  No kernel qdisc (netem, tbf) and no netfilter is needed:
 * only /dev/net/tun, network namespaces and CAP_NET_ADMIN.
 *
 *      namespace cli                this process                namespace srv
 *   [ app ]--[ wan0 10.77.1.2 ]==== up ===> queue ===>====[ wan0 10.77.2.2 ]--[ app ]
 *                              <=== queue <=== down ====
 *   "up" is client to server, "down" is server to client.
 *
 * BUILD   cc -O2 -Wall -Wextra -o wan wan.c
 *
 * START   wan [options] [key=value ...]         (as root; stays in the foreground)
 *   -c NAME   client namespace                                   [cli]
 *   -s NAME   server namespace                                   [srv]
 *             A namespace that does not exist is made, as "ip netns add" does.
 *   -d NAME   name of the TUN device made in both                [wan0]
 *   -C ADDR   client address/prefix                              [10.77.1.2/24]
 *   -T ADDR   server address/prefix                              [10.77.2.2/24]
 *   -P ADDR   the client's public address when NAT is on         [198.51.100.1]
 *   -n        start with NAT on
 *   -m MTU    MTU of both devices                                [1500]
 *   -g        segmentation offload: the kernel hands over up to 64 KiB at once.
 *             For throughput tests on a clean link; loss then hits whole bursts.
 *   -S PATH   control socket (UNIX stream)                       [/run/wan.sock]
 *   key=value the same settings the "set" command takes
 *
 * CONTROL  wan -S PATH ctl 'COMMAND; COMMAND ...'   or any UNIX-socket client:
 *          commands are separated by newline or ';', each is answered by one
 *          "ok" or "error: ..." line (stats, flows: several lines before the ok).
 *   set [up.|down.]KEY=VALUE ...   without a prefix both directions are set
 *        delay=25ms    one-way delay (units us, ms, s; a bare number is ms)
 *        jitter=5ms    uniform, plus or minus; order is kept unless reorder=1
 *        loss=1        per cent of packets dropped
 *        burst=4       mean length of a loss burst in packets (1 = independent)
 *        dup=0.1       per cent of packets sent twice
 *        reorder=1     let jitter and duplication change the order
 *        rate=10mbit   bandwidth (kbit, mbit, gbit; 0 = unlimited)
 *        queue=256k    bytes that may wait for the bandwidth (k, m; tail drop)
 *   cut [up|down]    drop everything, silently, and what is in flight
 *   heal             end a cut
 *   rst              drop every mapping and inject nothing (a NAT box rebooted)
 *   rst inject       reset every known TCP flow towards both ends
 *   unknown drop|rst|pickup   what to do with a TCP segment of no known flow:
 *                    swallow it (default), answer with a reset, or take it as new
 *   nat on|off       translate the client's address, or route it as it is
 *   natidle SECONDS  forget flows idle for that long (0 = never)
 *   roam ADDR        the public address changes and every mapping is lost
 *                    (the client host does not notice)
 *   readdr ADDR/LEN  the client host's own address changes
 *   after SECONDS COMMAND     run one command later
 *   seed N           restart the random numbers
 *   stats | zero     counters since start or since "zero"
 *   flows            the flow table
 *   quit             leave (the devices vanish, made namespaces stay)
 *
 * NOTES   Loss, duplication and jitter come from one seeded generator, so a run
 *   over the same packet sequence repeats.  IPv4 TCP, UDP and ICMP echo are
 *   tracked and translated (ICMP errors about them too); other IPv4 and all of
 *   IPv6 is carried but neither tracked nor translated.  Fragments are carried
 *   untracked.  One thread; about 2 x 10^5 packets a second on one 2020s core.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <linux/magic.h>
#include <linux/virtio_net.h>
#include <net/if.h>
#include <net/route.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { UP = 0, DOWN = 1, MAXPKT = 65536 + 64, BUCKETS = 4096, MAXCTL = 8, BATCH = 64 };

typedef uint64_t ns_t;

/* ---------------------------------------------------------------- settings */

struct side {                      /* one direction */
    ns_t delay, jitter;
    double loss, dup;              /* 0..1 */
    double burst;                  /* mean burst length, >= 1 */
    bool reorder, cut, in_burst;
    double rate;                   /* bits per second, 0 = unlimited */
    uint64_t queue;                /* bytes allowed to wait for the bandwidth */
    ns_t line_free;                /* when the last bit queued will have left */
    ns_t last_due;                 /* keeps order */
    uint64_t pkts, bytes, out_pkts, out_bytes;
    uint64_t d_cut, d_loss, d_queue, d_unknown, d_write;
};

static struct side dir[2];
static int tun[2];                 /* tun[UP] is read for UP: the client's end */
static int vnet;                   /* bytes of virtio header before a packet */
static bool nat_on;
static uint32_t pub_ip;            /* network order, as all addresses here */
static double nat_idle;
static enum { U_DROP, U_RST, U_PICKUP } unknown_mode = U_DROP;
static char cli_ns[64] = "cli", srv_ns[64] = "srv", dev_name[IFNAMSIZ] = "wan0";
static int home_ns = -1;
static bool quitting;

static void die(const char *what)
{
    fprintf(stderr, "wan: %s: %s\n", what, strerror(errno));
    exit(1);
}

static ns_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (ns_t)t.tv_sec * 1000000000u + (ns_t)t.tv_nsec;
}

static uint64_t rng = 88172645463325252ull;

static double rnd(void)            /* uniform in [0, 1) */
{
    rng ^= rng << 13;
    rng ^= rng >> 7;
    rng ^= rng << 17;
    return (double)(rng >> 11) / 9007199254740992.0;
}

/* --------------------------------------------------------- checksums, headers */

static uint16_t get16(const uint8_t *p) { return (uint16_t)(p[0] << 8 | p[1]); }
static uint32_t get32(const uint8_t *p) { return (uint32_t)get16(p) << 16 | get16(p + 2); }
static void put16(uint8_t *p, uint16_t v) { p[0] = (uint8_t)(v >> 8); p[1] = (uint8_t)v; }
static void put32(uint8_t *p, uint32_t v) { put16(p, (uint16_t)(v >> 16)); put16(p + 2, (uint16_t)v); }

static uint32_t sum16(const uint8_t *p, size_t n, uint32_t s)
{
    for (; n > 1; p += 2, n -= 2) s += get16(p);
    if (n) s += (uint32_t)p[0] << 8;
    return s;
}

static uint16_t fold(uint32_t s)
{
    while (s >> 16) s = (s & 0xffff) + (s >> 16);
    return (uint16_t)s;
}

/* Replace 16 bits under a checksum.  A partial checksum (left for the device
 * to finish) holds the plain sum, a finished one its complement. */
static void csum_swap(uint8_t *field, uint16_t was, uint16_t is, bool partial)
{
    uint32_t s = partial ? get16(field) : (uint16_t)~get16(field);
    uint16_t f = fold(s + (uint16_t)~was + is);
    put16(field, partial ? f : (uint16_t)~f);
}

static void csum_swap32(uint8_t *field, uint32_t was, uint32_t is, bool partial)
{
    csum_swap(field, (uint16_t)(was >> 16), (uint16_t)(is >> 16), partial);
    csum_swap(field, (uint16_t)was, (uint16_t)is, partial);
}

/* What a packet is, with pointers into it.  port fields are the ICMP echo id
 * for ICMP, which plays the part of the client's port. */
struct view {
    uint8_t *ip, *l4;
    size_t len, l4len;
    uint8_t proto;
    bool tracked;                  /* a flow can be looked up */
    bool icmp_error;
    uint32_t src, dst;             /* network order */
    uint16_t sport, dport;         /* host order */
};

static bool look(struct view *v, uint8_t *p, size_t len)
{
    memset(v, 0, sizeof *v);
    v->ip = p;
    v->len = len;
    if (len < 20 || p[0] >> 4 != 4) return false;
    size_t hl = (size_t)(p[0] & 15) * 4;
    if (hl < 20 || len < hl) return false;
    v->l4 = p + hl;
    v->l4len = len - hl;
    v->proto = p[9];
    memcpy(&v->src, p + 12, 4);
    memcpy(&v->dst, p + 16, 4);
    if (get16(p + 6) & 0x3fff) return true;            /* fragment: not tracked */
    if (v->proto == IPPROTO_TCP && v->l4len >= 20) v->tracked = true;
    else if (v->proto == IPPROTO_UDP && v->l4len >= 8) v->tracked = true;
    else if (v->proto == IPPROTO_ICMP && v->l4len >= 8) {
        uint8_t t = v->l4[0];
        if (t == 8 || t == 0) {
            v->tracked = true;
            v->sport = v->dport = get16(v->l4 + 4);
        } else if ((t == 3 || t == 11 || t == 12) && v->l4len >= 8 + 28) {
            v->icmp_error = true;
        }
        return true;
    }
    if (v->tracked) {
        v->sport = get16(v->l4);
        v->dport = get16(v->l4 + 2);
    }
    return true;
}

/* Rewrite address and port at one end (the source or the destination). */
static void rewrite(struct view *v, bool source, uint32_t ip, uint16_t port, bool partial)
{
    uint8_t *a = v->ip + (source ? 12 : 16);
    uint32_t was = get32(a), is = ntohl(ip);
    put32(a, is);
    csum_swap32(v->ip + 10, was, is, false);
    uint8_t *sum = NULL, *pp = NULL;
    if (v->proto == IPPROTO_TCP) sum = v->l4 + 16, pp = v->l4 + (source ? 0 : 2);
    else if (v->proto == IPPROTO_UDP) sum = v->l4 + 6, pp = v->l4 + (source ? 0 : 2);
    else if (v->proto == IPPROTO_ICMP) sum = v->l4 + 2, pp = v->l4 + 4;
    if (!sum) return;
    bool none = v->proto == IPPROTO_UDP && get16(sum) == 0 && !partial;
    if (!none) {
        if (v->proto != IPPROTO_ICMP) csum_swap32(sum, was, is, partial);
        /* a partial sum covers the pseudo header only, so not the port */
        if (!partial || v->proto == IPPROTO_ICMP) csum_swap(sum, get16(pp), port, false);
        if (v->proto == IPPROTO_UDP && get16(sum) == 0 && !partial) put16(sum, 0xffff);
    }
    put16(pp, port);
}

/* -------------------------------------------------------------- flow table */

struct flow {
    struct flow *next_out, *next_in;
    uint32_t cip, sip, pip;        /* client, server, public address */
    uint16_t cport, sport, pport;
    uint8_t proto;
    bool dead;                     /* being reset: answer every segment so */
    bool acked[2];                 /* an ACK was seen from that side */
    uint32_t ack[2];               /* the last one: what that side expects next */
    ns_t seen;
};

static struct flow *by_out[BUCKETS], *by_in[BUCKETS];
static unsigned flow_count;

static unsigned bucket(uint8_t proto, uint32_t a, uint16_t ap, uint32_t b, uint16_t bp)
{
    uint64_t h = (uint64_t)a * 0x9E3779B97F4A7C15ull ^ (uint64_t)b * 0xC2B2AE3D27D4EB4Full;
    h ^= ((uint64_t)ap << 24 | (uint64_t)bp << 8 | proto) * 0x165667B19E3779F9ull;
    h ^= h >> 29;
    return (unsigned)(h % BUCKETS);
}

static struct flow *find_out(uint8_t proto, uint32_t c, uint16_t cp, uint32_t s, uint16_t sp)
{
    struct flow *f = by_out[bucket(proto, c, cp, s, sp)];
    while (f && !(f->proto == proto && f->cip == c && f->cport == cp && f->sip == s && f->sport == sp))
        f = f->next_out;
    return f;
}

static struct flow *find_in(uint8_t proto, uint32_t p, uint16_t pp, uint32_t s, uint16_t sp)
{
    struct flow *f = by_in[bucket(proto, p, pp, s, sp)];
    while (f && !(f->proto == proto && f->pip == p && f->pport == pp && f->sip == s && f->sport == sp))
        f = f->next_in;
    return f;
}

static void unlink_flow(struct flow *f)
{
    struct flow **q = &by_out[bucket(f->proto, f->cip, f->cport, f->sip, f->sport)];
    while (*q != f) q = &(*q)->next_out;
    *q = f->next_out;
    q = &by_in[bucket(f->proto, f->pip, f->pport, f->sip, f->sport)];
    while (*q != f) q = &(*q)->next_in;
    *q = f->next_in;
    free(f);
    flow_count--;
}

static void flush_flows(void)
{
    for (int i = 0; i < BUCKETS; i++)
        while (by_out[i]) unlink_flow(by_out[i]);
}

/* A port on the public address.  The client's own is kept where it is free and
 * was not lost with an earlier mapping ("salt" moves on when mappings are lost,
 * so that a rebound flow shows a new port, as behind a real NAT). */
static uint16_t salt;

static uint16_t pick_port(uint8_t proto, uint32_t p, uint16_t want, uint32_t s, uint16_t sp)
{
    uint16_t port = (uint16_t)(want ^ salt);
    if (port < 1024) port = (uint16_t)(port + 20000);
    for (int i = 0; i < 60000 && find_in(proto, p, port, s, sp); i++)
        port = port == 65535 ? 1024 : (uint16_t)(port + 1);
    return port;
}

static struct flow *new_flow(const struct view *v, bool outward)
{
    struct flow *f = calloc(1, sizeof *f);
    if (!f) die("calloc");
    f->proto = v->proto;
    bool echo = v->proto == IPPROTO_ICMP;
    if (outward) {
        f->cip = v->src, f->cport = v->sport, f->sip = v->dst, f->sport = echo ? 0 : v->dport;
        f->pip = nat_on ? pub_ip : f->cip;
        f->pport = nat_on ? pick_port(f->proto, f->pip, f->cport, f->sip, f->sport) : f->cport;
    } else {
        f->cip = v->dst, f->cport = v->dport, f->sip = v->src, f->sport = echo ? 0 : v->sport;
        f->pip = f->cip, f->pport = f->cport;
    }
    unsigned o = bucket(f->proto, f->cip, f->cport, f->sip, f->sport);
    unsigned n = bucket(f->proto, f->pip, f->pport, f->sip, f->sport);
    f->next_out = by_out[o], by_out[o] = f;
    f->next_in = by_in[n], by_in[n] = f;
    flow_count++;
    return f;
}

/* ------------------------------------------------- packets waiting, delivery */

struct pkt {
    ns_t due;
    uint64_t order;
    int d;
    size_t len;
    uint8_t data[];
};

static struct pkt **heap;
static size_t heap_n, heap_cap;
static uint64_t order_no;

static bool before(const struct pkt *a, const struct pkt *b)
{
    return a->due < b->due || (a->due == b->due && a->order < b->order);
}

static void heap_push(struct pkt *p)
{
    if (heap_n == heap_cap) {
        heap_cap = heap_cap ? heap_cap * 2 : 1024;
        heap = realloc(heap, heap_cap * sizeof *heap);
        if (!heap) die("realloc");
    }
    size_t i = heap_n++;
    for (; i && before(p, heap[(i - 1) / 2]); i = (i - 1) / 2) heap[i] = heap[(i - 1) / 2];
    heap[i] = p;
}

static struct pkt *heap_pop(void)
{
    struct pkt *top = heap[0], *last = heap[--heap_n];
    size_t i = 0, k;
    while ((k = 2 * i + 1) < heap_n) {
        if (k + 1 < heap_n && before(heap[k + 1], heap[k])) k++;
        if (!before(heap[k], last)) break;
        heap[i] = heap[k];
        i = k;
    }
    if (heap_n) heap[i] = last;
    return top;
}

static void deliver(int d, const uint8_t *data, size_t len)
{
    if (write(tun[!d], data, len) != (ssize_t)len) dir[d].d_write++;
    else dir[d].out_pkts++, dir[d].out_bytes += len - (size_t)vnet;
}

static void drop_in_flight(int which)          /* UP, DOWN, or 2 for both */
{
    size_t n = 0;
    for (size_t i = 0; i < heap_n; i++) {
        if (which == 2 || heap[i]->d == which) dir[heap[i]->d].d_cut++, free(heap[i]);
        else heap[n++] = heap[i];
    }
    size_t old = n;
    heap_n = 0;
    for (size_t i = 0; i < old; i++) heap_push(heap[i]);   /* in place: i >= heap_n */
    for (int d = 0; d < 2; d++)
        if (which == 2 || which == d) dir[d].line_free = dir[d].last_due = 0;
}

static void enqueue(int d, const uint8_t *data, size_t len, ns_t due)
{
    struct pkt *p = malloc(sizeof *p + len);
    if (!p) die("malloc");
    p->due = due;
    p->order = order_no++;
    p->d = d;
    p->len = len;
    memcpy(p->data, data, len);
    heap_push(p);
}

/* Loss, bandwidth, delay, then the wire. */
static void impair(int d, const uint8_t *data, size_t len, ns_t now)
{
    struct side *s = &dir[d];
    if (s->cut) { s->d_cut++; return; }
    if (s->loss > 0) {
        bool lose;
        if (s->burst <= 1) lose = rnd() < s->loss;
        else {                                 /* two states: good, losing */
            double out = 1 / s->burst, in = s->loss * out / (1 - (s->loss < 1 ? s->loss : 0.999));
            s->in_burst = s->in_burst ? rnd() >= out : rnd() < in;
            lose = s->in_burst;
        }
        if (lose) { s->d_loss++; return; }
    }
    ns_t start = now;
    if (s->rate > 0) {
        if (s->line_free > now) start = s->line_free;
        if ((double)(start - now) * s->rate / 8e9 > (double)s->queue) { s->d_queue++; return; }
        start += (ns_t)((double)(len - (size_t)vnet) * 8e9 / s->rate);
        s->line_free = start;
    }
    int copies = s->dup > 0 && rnd() < s->dup ? 2 : 1;
    while (copies--) {
        ns_t due = start + s->delay;
        if (s->jitter) {
            double j = (2 * rnd() - 1) * (double)s->jitter;
            due = (double)s->delay + j < 0 ? start : (ns_t)((double)due + j);
        }
        if (!s->reorder) {
            if (due < s->last_due) due = s->last_due;
            s->last_due = due;
        }
        if (due <= now && !heap_n) deliver(d, data, len);
        else enqueue(d, data, len, due);
    }
}

/* A bare reset from (src, sport) to (dst, dport), sent the way of direction d. */
static void send_rst(int d, uint32_t src, uint16_t sport, uint32_t dst, uint16_t dport,
                     uint32_t seq, bool with_ack, uint32_t ack)
{
    uint8_t b[16 + 40], *p = b + vnet, *t = p + 20;
    memset(b, 0, sizeof b);
    p[0] = 0x45;
    put16(p + 2, 40);
    p[8] = 64;
    p[9] = IPPROTO_TCP;
    memcpy(p + 12, &src, 4);
    memcpy(p + 16, &dst, 4);
    put16(p + 10, (uint16_t)~fold(sum16(p, 20, 0)));
    put16(t, sport);
    put16(t + 2, dport);
    put32(t + 4, seq);
    put32(t + 8, with_ack ? ack : 0);
    t[12] = 5 << 4;
    t[13] = with_ack ? 0x14 : 0x04;
    put16(t + 16, (uint16_t)~fold(sum16(t, 20, sum16(p + 12, 8, IPPROTO_TCP + 20))));
    deliver(d, b, (size_t)vnet + 40);
}

/* Answer the segment in v, which travelled in direction d, with a reset. */
static void refuse(const struct view *v, int d)
{
    uint8_t fl = v->l4[13];
    if (fl & 0x04) return;                               /* never answer a reset */
    size_t hl = (size_t)(v->l4[12] >> 4) * 4;
    uint32_t used = (uint32_t)(v->l4len > hl ? v->l4len - hl : 0) + ((fl & 2) ? 1 : 0) + (fl & 1);
    bool has_ack = fl & 0x10;
    send_rst(!d, v->dst, v->dport, v->src, v->sport, has_ack ? get32(v->l4 + 8) : 0,
             !has_ack, get32(v->l4 + 4) + used);
}

/* Find or make the flow of a packet and translate it.  False: swallow it. */
static bool track(int d, struct view *v, bool partial, ns_t now)
{
    struct side *s = &dir[d];
    if (v->icmp_error) {                       /* carry it with what it quotes */
        struct view in;
        if (!look(&in, v->l4 + 8, v->l4len - 8)) return true;
        if (in.l4len < 8 || !(in.proto == IPPROTO_TCP || in.proto == IPPROTO_UDP)) return true;
        uint16_t qs = get16(in.l4), qd = get16(in.l4 + 2);
        struct flow *f = d == DOWN ? find_in(in.proto, in.src, qs, in.dst, qd)
                                   : find_out(in.proto, in.dst, qd, in.src, qs);
        if (!f) { s->d_unknown++; return false; }
        if (f->pip == f->cip && f->pport == f->cport) return true;
        uint8_t *outer = v->ip + (d == DOWN ? 16 : 12), *inner = in.ip + (d == DOWN ? 12 : 16);
        uint32_t to = d == DOWN ? f->cip : f->pip;
        memcpy(outer, &to, 4);
        memcpy(inner, &to, 4);
        put16(in.l4 + (d == DOWN ? 0 : 2), d == DOWN ? f->cport : f->pport);
        size_t ihl = (size_t)(in.l4 - in.ip), ohl = (size_t)(v->l4 - v->ip);
        put16(in.ip + 10, 0);
        put16(in.ip + 10, (uint16_t)~fold(sum16(in.ip, ihl, 0)));
        put16(v->l4 + 2, 0);
        put16(v->l4 + 2, (uint16_t)~fold(sum16(v->l4, v->l4len, 0)));
        put16(v->ip + 10, 0);
        put16(v->ip + 10, (uint16_t)~fold(sum16(v->ip, ohl, 0)));
        return true;
    }
    if (!v->tracked) return true;
    bool echo = v->proto == IPPROTO_ICMP, tcp = v->proto == IPPROTO_TCP;
    uint16_t far_s = echo ? 0 : v->sport, far_d = echo ? 0 : v->dport;
    struct flow *f = d == UP ? find_out(v->proto, v->src, v->sport, v->dst, far_d)
                             : find_in(v->proto, v->dst, v->dport, v->src, far_s);
    uint8_t fl = tcp ? v->l4[13] : 0;
    bool syn = tcp && (fl & 0x12) == 0x02;
    if (f && f->dead && syn) { unlink_flow(f); f = NULL; }
    if (!f) {
        bool may = d == UP ? (!tcp || syn || unknown_mode == U_PICKUP)
                           : !nat_on && (!tcp || syn || unknown_mode == U_PICKUP);
        if (!may) {
            s->d_unknown++;
            if (tcp && unknown_mode == U_RST) refuse(v, d);
            return false;
        }
        f = new_flow(v, d == UP);
    }
    f->seen = now;
    if (tcp) {
        if (fl & 0x10) f->acked[d] = true, f->ack[d] = get32(v->l4 + 8);
        if (f->dead) { s->d_unknown++; refuse(v, d); return false; }
    }
    if (f->pip != f->cip || f->pport != f->cport) {
        if (d == UP) rewrite(v, true, f->pip, f->pport, partial);
        else rewrite(v, false, f->cip, f->cport, partial);
    }
    return true;
}

static void pump(int d)
{
    static uint8_t buf[MAXPKT];
    ns_t now = now_ns();
    for (int i = 0; i < BATCH; i++) {
        ssize_t n = read(tun[d], buf, sizeof buf);
        if (n < 0) {
            if (errno == EAGAIN || errno == EINTR) return;
            die("read tun");
        }
        if (n <= vnet) continue;
        dir[d].pkts++;
        dir[d].bytes += (uint64_t)(n - vnet);
        if (dir[d].cut) { dir[d].d_cut++; continue; }
        bool partial = vnet && (((struct virtio_net_hdr *)(void *)buf)->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM);
        struct view v;
        if (look(&v, buf + vnet, (size_t)(n - vnet)) && !track(d, &v, partial, now)) continue;
        impair(d, buf, (size_t)n, now);
    }
}

/* ---------------------------------------------------- namespaces and devices */

static int ns_fd(const char *name)
{
    char path[128];
    snprintf(path, sizeof path, "/run/netns/%s", name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0) return fd;
    mkdir("/run/netns", 0755);
    int f = open(path, O_RDONLY | O_CREAT | O_EXCL, 0);
    if (f < 0) {                               /* another wan makes it just now */
        struct statfs st;
        for (int i = 0; i < 50 && !(statfs(path, &st) == 0 && st.f_type == NSFS_MAGIC); i++) usleep(20000);
        fd = open(path, O_RDONLY | O_CLOEXEC);
        if (fd < 0) die(path);
        return fd;
    }
    close(f);
    pid_t pid = fork();
    if (pid < 0) die("fork");
    if (pid == 0) {
        if (unshare(CLONE_NEWNET) || mount("/proc/self/ns/net", path, "none", MS_BIND, NULL)) _exit(1);
        _exit(0);
    }
    int st;
    if (waitpid(pid, &st, 0) < 0 || st) { fprintf(stderr, "wan: cannot make namespace %s\n", name); exit(1); }
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) die(path);
    return fd;
}

static void go_ns(int fd)
{
    if (setns(fd, CLONE_NEWNET)) die("setns");
}

static bool parse_addr(const char *s, uint32_t *ip, int *bits)
{
    char b[64];
    snprintf(b, sizeof b, "%s", s);
    char *slash = strchr(b, '/');
    *bits = 24;
    if (slash) *slash = 0, *bits = atoi(slash + 1);
    struct in_addr a;
    if (!inet_aton(b, &a) || *bits < 1 || *bits > 32) return false;
    *ip = a.s_addr;
    return true;
}

static void set_sin(struct sockaddr *sa, uint32_t ip)
{
    struct sockaddr_in in = { .sin_family = AF_INET, .sin_addr.s_addr = ip };
    memcpy(sa, &in, sizeof in);
}

/* Give the device its address and a default route.  Called in its namespace. */
static int address(const char *spec, bool first, int mtu)
{
    uint32_t ip;
    int bits, s, rc = -1;
    if (!parse_addr(spec, &ip, &bits)) { errno = EINVAL; return -1; }
    if ((s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) < 0) return -1;
    struct ifreq r;
    memset(&r, 0, sizeof r);
    if (first) {
        snprintf(r.ifr_name, IFNAMSIZ, "lo");
        r.ifr_flags = IFF_UP | IFF_RUNNING;
        if (ioctl(s, SIOCSIFFLAGS, &r)) goto out;
        memset(&r, 0, sizeof r);
    }
    snprintf(r.ifr_name, IFNAMSIZ, "%s", dev_name);
    if (first) {
        r.ifr_mtu = mtu;
        if (ioctl(s, SIOCSIFMTU, &r)) goto out;
        r.ifr_qlen = 2000;
        if (ioctl(s, SIOCSIFTXQLEN, &r)) goto out;
    }
    set_sin(&r.ifr_addr, ip);
    if (ioctl(s, SIOCSIFADDR, &r)) goto out;
    set_sin(&r.ifr_netmask, htonl(bits == 32 ? 0xffffffffu : ~(0xffffffffu >> bits)));
    if (ioctl(s, SIOCSIFNETMASK, &r)) goto out;
    r.ifr_flags = IFF_UP | IFF_RUNNING;
    if (ioctl(s, SIOCSIFFLAGS, &r)) goto out;
    struct rtentry rt;
    memset(&rt, 0, sizeof rt);
    set_sin(&rt.rt_dst, 0);
    set_sin(&rt.rt_genmask, 0);
    rt.rt_flags = RTF_UP;
    rt.rt_dev = dev_name;
    if (ioctl(s, SIOCADDRT, &rt) && errno != EEXIST) goto out;
    rc = 0;
out:
    close(s);
    return rc;
}

static int make_tun(const char *ns, const char *addr, int mtu, bool gso)
{
    int nfd = ns_fd(ns);
    go_ns(nfd);
    close(nfd);
    int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) die("/dev/net/tun");
    struct ifreq r;
    memset(&r, 0, sizeof r);
    r.ifr_flags = (short)(IFF_TUN | IFF_NO_PI | (gso ? IFF_VNET_HDR : 0));
    snprintf(r.ifr_name, IFNAMSIZ, "%s", dev_name);
    if (ioctl(fd, TUNSETIFF, &r)) die("TUNSETIFF");
    if (gso) {
        int sz = (int)sizeof(struct virtio_net_hdr);
        if (ioctl(fd, TUNSETVNETHDRSZ, &sz)) die("TUNSETVNETHDRSZ");
        if (ioctl(fd, TUNSETOFFLOAD, TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6)) die("TUNSETOFFLOAD");
        vnet = sz;
    }
    if (address(addr, true, mtu)) die("address");
    go_ns(home_ns);
    return fd;
}

/* ------------------------------------------------------------------ commands */

struct out { char b[65536]; size_t n; };

static void say(struct out *o, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    int k = vsnprintf(o->b + o->n, sizeof o->b - o->n, fmt, ap);
    va_end(ap);
    if (k > 0) o->n += (size_t)k < sizeof o->b - o->n ? (size_t)k : sizeof o->b - o->n - 1;
}

static bool duration(const char *s, ns_t *v)
{
    char *e;
    double x = strtod(s, &e);
    if (e == s || x < 0) return false;
    double u = !*e || !strcmp(e, "ms") ? 1e6 : !strcmp(e, "us") ? 1e3 : !strcmp(e, "s") ? 1e9 : 0;
    *v = (ns_t)(x * u);
    return u != 0;
}

static bool amount(const char *s, double *v)
{
    char *e;
    *v = strtod(s, &e);
    if (e == s || *v < 0) return false;
    if (!*e) return true;
    if (!strcmp(e, "k") || !strcmp(e, "kbit")) *v *= 1e3;
    else if (!strcmp(e, "m") || !strcmp(e, "mbit")) *v *= 1e6;
    else if (!strcmp(e, "g") || !strcmp(e, "gbit")) *v *= 1e9;
    else return false;
    return true;
}

static bool set_one(char *arg)
{
    int from = 0, to = 1;
    if (!strncmp(arg, "up.", 3)) to = 0, arg += 3;
    else if (!strncmp(arg, "down.", 5)) from = 1, arg += 5;
    char *val = strchr(arg, '=');
    if (!val) return false;
    *val++ = 0;
    for (int d = from; d <= to; d++) {
        struct side *s = &dir[d];
        double x;
        if (!strcmp(arg, "delay")) { if (!duration(val, &s->delay)) return false; }
        else if (!strcmp(arg, "jitter")) { if (!duration(val, &s->jitter)) return false; }
        else if (!amount(val, &x)) return false;
        else if (!strcmp(arg, "loss") && x <= 100) s->loss = x / 100;
        else if (!strcmp(arg, "dup") && x <= 100) s->dup = x / 100;
        else if (!strcmp(arg, "burst") && x >= 1) s->burst = x;
        else if (!strcmp(arg, "reorder")) s->reorder = x != 0;
        else if (!strcmp(arg, "rate")) s->rate = x, s->line_free = 0;
        else if (!strcmp(arg, "queue")) s->queue = (uint64_t)x;
        else return false;
        s->last_due = 0;
    }
    return true;
}

struct later { struct later *next; ns_t at; char cmd[256]; };
static struct later *timetable;

static void reset_all_tcp(void)
{
    for (int i = 0; i < BUCKETS; i++)
        for (struct flow *f = by_out[i]; f; f = f->next_out) {
            if (f->proto != IPPROTO_TCP || f->dead) continue;
            f->dead = true;
            if (f->acked[UP]) send_rst(DOWN, f->sip, f->sport, f->cip, f->cport, f->ack[UP], false, 0);
            if (f->acked[DOWN]) send_rst(UP, f->pip, f->pport, f->sip, f->sport, f->ack[DOWN], false, 0);
        }
}

static void lose_mappings(void)
{
    flush_flows();
    salt = (uint16_t)(1 + rnd() * 16000);
}

static void stats(struct out *o)
{
    for (int d = 0; d < 2; d++) {
        struct side *s = &dir[d];
        say(o, "%s pkts=%llu bytes=%llu out_pkts=%llu out_bytes=%llu cut=%llu lost=%llu queue=%llu unknown=%llu write=%llu\n",
            d ? "down" : "up", (unsigned long long)s->pkts, (unsigned long long)s->bytes,
            (unsigned long long)s->out_pkts, (unsigned long long)s->out_bytes, (unsigned long long)s->d_cut,
            (unsigned long long)s->d_loss, (unsigned long long)s->d_queue,
            (unsigned long long)s->d_unknown, (unsigned long long)s->d_write);
    }
    say(o, "flows=%u waiting=%zu\n", flow_count, heap_n);
}

static void command(char *line, struct out *o)
{
    while (*line == ' ') line++;
    if (!*line) return;
    char whole[256];
    snprintf(whole, sizeof whole, "%s", line);
    char *save, *w = strtok_r(line, " \t", &save), *a = strtok_r(NULL, " \t", &save);
    bool ok = true;
    if (!w) return;
    if (!strcmp(w, "set")) {
        for (; a && ok; a = strtok_r(NULL, " \t", &save)) ok = set_one(a);
    } else if (!strcmp(w, "cut")) {
        int which = !a ? 2 : !strcmp(a, "up") ? UP : !strcmp(a, "down") ? DOWN : -1;
        if (which < 0) ok = false;
        else {
            if (which != DOWN) dir[UP].cut = true;
            if (which != UP) dir[DOWN].cut = true;
            drop_in_flight(which);
        }
    } else if (!strcmp(w, "heal")) {
        dir[UP].cut = dir[DOWN].cut = false;
    } else if (!strcmp(w, "rst")) {
        if (!a) lose_mappings();
        else if (!strcmp(a, "inject")) reset_all_tcp();
        else ok = false;
    } else if (!strcmp(w, "unknown") && a) {
        if (!strcmp(a, "drop")) unknown_mode = U_DROP;
        else if (!strcmp(a, "rst")) unknown_mode = U_RST;
        else if (!strcmp(a, "pickup")) unknown_mode = U_PICKUP;
        else ok = false;
    } else if (!strcmp(w, "nat") && a) {
        bool on = !strcmp(a, "on");
        ok = on || !strcmp(a, "off");
        if (ok && on != nat_on) nat_on = on, flush_flows();
    } else if (!strcmp(w, "natidle") && a) {
        nat_idle = atof(a);
    } else if (!strcmp(w, "roam") && a) {
        struct in_addr ip;
        ok = inet_aton(a, &ip) != 0;
        if (ok) pub_ip = ip.s_addr, lose_mappings();
    } else if (!strcmp(w, "readdr") && a) {
        int fd = ns_fd(cli_ns);
        go_ns(fd);
        close(fd);
        ok = address(a, false, 0) == 0;
        go_ns(home_ns);
    } else if (!strcmp(w, "after") && a) {
        char *rest = strstr(whole, a) + strlen(a);
        struct later *l = calloc(1, sizeof *l);
        if (!l) die("calloc");
        l->at = now_ns() + (ns_t)(atof(a) * 1e9);
        snprintf(l->cmd, sizeof l->cmd, "%s", rest);
        l->next = timetable, timetable = l;
    } else if (!strcmp(w, "seed") && a) {
        rng = strtoull(a, NULL, 0) * 2654435769ull + 88172645463325252ull;
        if (!rng) rng = 1;
    } else if (!strcmp(w, "stats")) {
        stats(o);
    } else if (!strcmp(w, "zero")) {
        for (int d = 0; d < 2; d++) {
            struct side *s = &dir[d];
            s->pkts = s->bytes = s->out_pkts = s->out_bytes = 0;
            s->d_cut = s->d_loss = s->d_queue = s->d_unknown = s->d_write = 0;
        }
    } else if (!strcmp(w, "flows")) {
        ns_t now = now_ns();
        for (int i = 0; i < BUCKETS; i++)
            for (struct flow *f = by_out[i]; f; f = f->next_out) {
                char c[20], s[20], p[20];
                inet_ntop(AF_INET, &f->cip, c, sizeof c);
                inet_ntop(AF_INET, &f->sip, s, sizeof s);
                inet_ntop(AF_INET, &f->pip, p, sizeof p);
                say(o, "%s %s:%u as %s:%u to %s:%u idle=%.3f%s\n",
                    f->proto == IPPROTO_TCP ? "tcp" : f->proto == IPPROTO_UDP ? "udp" : "icmp",
                    c, f->cport, p, f->pport, s, f->sport, (double)(now - f->seen) / 1e9,
                    f->dead ? " reset" : "");
            }
    } else if (!strcmp(w, "quit")) {
        quitting = true;
    } else {
        ok = false;
    }
    say(o, ok ? "ok\n" : "error: %s\n", whole);
}

static void run_due(ns_t now)
{
    for (struct later **q = &timetable; *q;) {
        struct later *l = *q;
        if (l->at > now) { q = &l->next; continue; }
        *q = l->next;
        static struct out sink;
        sink.n = 0;
        command(l->cmd, &sink);
        free(l);
        q = &timetable;                        /* the command may have added one */
    }
}

struct client { int fd; size_t n; char line[4096]; };
static struct client ctl[MAXCTL];

static void serve(struct client *c)
{
    ssize_t n = read(c->fd, c->line + c->n, sizeof c->line - c->n - 1);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (n > 0) c->n += (size_t)n;
    c->line[c->n] = 0;
    char *from = c->line, *end;
    while ((end = strpbrk(from, ";\n")) || (n <= 0 && *from && (end = from + strlen(from)))) {
        bool last = !*end;
        *end = 0;
        static struct out o;
        o.n = 0;
        command(from, &o);
        if (o.n && send(c->fd, o.b, o.n, MSG_NOSIGNAL) < 0) n = 0;
        from = last ? end : end + 1;
        if (last) break;
    }
    c->n = strlen(from);
    memmove(c->line, from, c->n + 1);
    if (n <= 0 || c->n == sizeof c->line - 1) {
        close(c->fd);
        c->fd = -1;
    }
}

static int control_client(const char *path, int argc, char **argv)
{
    struct sockaddr_un a = { .sun_family = AF_UNIX };
    snprintf(a.sun_path, sizeof a.sun_path, "%s", path);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&a, sizeof a)) die(path);
    for (int i = 0; i < argc; i++) dprintf(fd, "%s ", argv[i]);
    dprintf(fd, "\n");
    shutdown(fd, SHUT_WR);
    char b[4096];
    ssize_t n;
    bool bad = false;
    while ((n = read(fd, b, sizeof b - 1)) > 0) {
        b[n] = 0;
        if (strstr(b, "error:")) bad = true;
        fputs(b, stdout);
    }
    return bad;
}

/* ---------------------------------------------------------------------- main */

static void on_signal(int s) { (void)s; quitting = true; }

int main(int argc, char **argv)
{
    const char *sock = "/run/wan.sock", *cli = "10.77.1.2/24", *srv = "10.77.2.2/24", *pub = "198.51.100.1";
    int mtu = 1500, o;
    bool gso = false;
    while ((o = getopt(argc, argv, "+c:s:d:C:T:P:nm:gS:h")) != -1) switch (o) {
        case 'c': snprintf(cli_ns, sizeof cli_ns, "%s", optarg); break;
        case 's': snprintf(srv_ns, sizeof srv_ns, "%s", optarg); break;
        case 'd': snprintf(dev_name, sizeof dev_name, "%s", optarg); break;
        case 'C': cli = optarg; break;
        case 'T': srv = optarg; break;
        case 'P': pub = optarg; break;
        case 'n': nat_on = true; break;
        case 'm': mtu = atoi(optarg); break;
        case 'g': gso = true; break;
        case 'S': sock = optarg; break;
        default:
            fprintf(stderr, "usage: wan [-c ns] [-s ns] [-d dev] [-C cli/len] [-T srv/len] [-P public] [-n] [-m mtu] [-g]\n"
                            "           [-S socket] [key=value ...]\n"
                            "       wan [-S socket] ctl 'command; command ...'\n"
                            "the head of wan.c explains both\n");
            return o == 'h' ? 0 : 2;
    }
    argc -= optind;
    argv += optind;
    if (argc && !strcmp(argv[0], "ctl")) return control_client(sock, argc - 1, argv + 1);

    for (int d = 0; d < 2; d++) dir[d].burst = 1, dir[d].queue = 1000000;
    for (int i = 0; i < argc; i++)
        if (!set_one(argv[i])) { fprintf(stderr, "wan: bad setting %s\n", argv[i]); return 2; }
    pub_ip = inet_addr(pub);
    for (int i = 0; i < MAXCTL; i++) ctl[i].fd = -1;
    signal(SIGINT, on_signal);
    signal(SIGTERM, on_signal);
    prctl(PR_SET_TIMERSLACK, 1UL);
    home_ns = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    if (home_ns < 0) die("/proc/self/ns/net");
    tun[UP] = make_tun(cli_ns, cli, mtu, gso);
    tun[DOWN] = make_tun(srv_ns, srv, mtu, gso);

    struct sockaddr_un a = { .sun_family = AF_UNIX };
    snprintf(a.sun_path, sizeof a.sun_path, "%s", sock);
    unlink(sock);
    int ls = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (ls < 0 || bind(ls, (struct sockaddr *)&a, sizeof a) || listen(ls, 8)) die(sock);
    fprintf(stderr, "wan: %s %s <-> %s %s, control %s\n", cli_ns, cli, srv_ns, srv, sock);

    ns_t next_sweep = 0;
    while (!quitting) {
        ns_t now = now_ns();
        run_due(now);
        while (heap_n && heap[0]->due <= now) {
            struct pkt *p = heap_pop();
            deliver(p->d, p->data, p->len);
            free(p);
        }
        if (nat_idle > 0 && now >= next_sweep) {
            next_sweep = now + 100000000u;
            for (int i = 0; i < BUCKETS; i++)
                for (struct flow *f = by_out[i], *n; f; f = n) {
                    n = f->next_out;
                    if ((double)(now - f->seen) / 1e9 > nat_idle) unlink_flow(f);
                }
        }
        ns_t wake = now + 1000000000u;
        if (heap_n && heap[0]->due < wake) wake = heap[0]->due;
        if (nat_idle > 0 && next_sweep < wake) wake = next_sweep;
        for (struct later *l = timetable; l; l = l->next)
            if (l->at < wake) wake = l->at;
        struct timespec ts = { 0, 0 };
        now = now_ns();
        if (wake > now) ts.tv_sec = (time_t)((wake - now) / 1000000000u), ts.tv_nsec = (long)((wake - now) % 1000000000u);

        struct pollfd p[3 + MAXCTL] = { { tun[UP], POLLIN, 0 }, { tun[DOWN], POLLIN, 0 }, { ls, POLLIN, 0 } };
        for (int i = 0; i < MAXCTL; i++) p[3 + i] = (struct pollfd){ ctl[i].fd, POLLIN, 0 };
        int n = ppoll(p, 3 + MAXCTL, &ts, NULL);
        if (n < 0 && errno != EINTR) die("ppoll");
        if (n <= 0) continue;
        if (p[0].revents) pump(UP);
        if (p[1].revents) pump(DOWN);
        if (p[2].revents) {
            int fd = accept4(ls, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
            int i = 0;
            while (i < MAXCTL && ctl[i].fd >= 0) i++;
            if (fd >= 0 && i < MAXCTL) ctl[i].fd = fd, ctl[i].n = 0;
            else if (fd >= 0) close(fd);
        }
        for (int i = 0; i < MAXCTL; i++)
            if (p[3 + i].fd >= 0 && p[3 + i].revents && ctl[i].fd == p[3 + i].fd) serve(&ctl[i]);
    }
    unlink(sock);
    return 0;
}
