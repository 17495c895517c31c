/* holdfast-attach: reaches the named sessions of this machine's node; see PROTOCOL.named-session. */
#ifndef ATTACH_H
#define ATTACH_H

#include <stddef.h>
#include <stdint.h>

/* Bounds of the protocol. */
#define BODY_MOST 0xffff
#define TEXT_MOST 1024
#define VALUE_MOST 4096
#define VARIABLES_MOST 32
#define WINDOW (2 << 20)

/* Sockets that are tried, and sessions that are listed, at most. */
#define SOCKETS_MOST 256
#define ENTRIES_MOST 65536

/* Time for the node to answer; longer than it waits for its other processes. */
#define ANSWER_SECONDS 10

/* As ssh's, for what failed before it began. */
#define EXIT_BROKEN 255
#define EXIT_USAGE 2

enum kind {
  HELLO = 1,
  LIST = 2,
  KILL = 3,
  ATTACH = 5,
  KEYS = 6,
  WINDOW_SIZE = 7,
  REFUSED = 64,
  NOT_HERE = 65,
  DONE = 66,
  ENTRY = 67,
  ATTACHED = 68,
  OUTPUT = 69,
  CONSUMED = 70,
  ENDED = 71
};

/* A message that is made or read; `at` is where the next byte is written or read. */
struct message {
  size_t length;
  size_t at;
  unsigned char body[BODY_MOST];
};

struct session_name {
  const char *user; /* empty for one's own */
  const char *name;
};

/* message.c */
void begin(struct message *message, enum kind kind);
void put8(struct message *message, unsigned number);
void put16(struct message *message, unsigned number);
void put_text(struct message *message, const char *text);
int send_message(int socket, const struct message *message);
int receive_message(int socket, struct message *message);
unsigned take8(struct message *message);
unsigned take16(struct message *message);
uint32_t take32(struct message *message);
void take_text(struct message *message, char text[TEXT_MOST + 1]);

/* sockets.c */
size_t find_sockets(char *paths[SOCKETS_MOST]);
int open_socket(const char *path);

/* client.c */
int run_client(int socket, const char *name);

/* sessions.c */
int list_sessions(const char *format);
int kill_session(const struct session_name *wanted);

/* main.c */
__attribute__((noreturn, format(printf, 1, 2))) void die(const char *format, ...);

#endif
