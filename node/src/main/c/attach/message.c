/* Messages: a length (u16), then a body whose first byte tells its kind. */
#define _GNU_SOURCE
#include "attach.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

void begin(struct message *message, enum kind kind) {
  message->length = 0;
  put8(message, kind);
}

void put8(struct message *message, unsigned number) {
  if (message->length == BODY_MOST) {
    die("this is more than can be said to the node.");
  }
  message->body[message->length++] = (unsigned char)number;
}

void put16(struct message *message, unsigned number) {
  put8(message, number >> 8 & 0xff);
  put8(message, number & 0xff);
}

void put_text(struct message *message, const char *text) {
  size_t length = strlen(text);
  put16(message, (unsigned)length);
  for (size_t i = 0; i < length; i++) {
    put8(message, (unsigned char)text[i]);
  }
}

static int write_all(int socket, const void *bytes, size_t count) {
  const char *rest = bytes;
  while (count > 0) {
    ssize_t written = send(socket, rest, count, MSG_NOSIGNAL);
    if (written < 0 && errno == EINTR) {
      continue;
    }
    if (written <= 0) {
      return -1;
    }
    rest += written;
    count -= (size_t)written;
  }
  return 0;
}

int send_message(int socket, const struct message *message) {
  unsigned char head[] = {(unsigned char)(message->length >> 8), (unsigned char)message->length};
  return write_all(socket, head, sizeof head) != 0 ? -1 : write_all(socket, message->body, message->length);
}

static int read_all(int socket, void *bytes, size_t count) {
  char *rest = bytes;
  while (count > 0) {
    ssize_t got = read(socket, rest, count);
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got <= 0) {
      return -1;
    }
    rest += got;
    count -= (size_t)got;
  }
  return 0;
}

/* The kind of the next message, -1 if there is none. */
int receive_message(int socket, struct message *message) {
  unsigned char head[2];
  if (read_all(socket, head, sizeof head) != 0) {
    return -1;
  }
  message->length = (size_t)head[0] << 8 | head[1];
  message->at = 0;
  if (message->length == 0 || read_all(socket, message->body, message->length) != 0) {
    return -1;
  }
  return (int)take8(message);
}

unsigned take8(struct message *message) {
  if (message->at == message->length) {
    die("the node said something that can't be understood.");
  }
  return message->body[message->at++];
}

unsigned take16(struct message *message) {
  unsigned high = take8(message);
  return high << 8 | take8(message);
}

uint32_t take32(struct message *message) {
  uint32_t high = take16(message);
  return high << 16 | take16(message);
}

/* What is no letter for a terminal becomes a question mark: others have chosen it. */
void take_text(struct message *message, char text[TEXT_MOST + 1]) {
  size_t length = take16(message);
  if (length > TEXT_MOST || length > message->length - message->at) {
    die("the node said something that can't be understood.");
  }
  for (size_t i = 0; i < length; i++) {
    unsigned char byte = message->body[message->at + i];
    text[i] = byte < ' ' || byte == 0x7f ? '?' : (char)byte;
    if (i > 0 && byte >= 0x80 && byte < 0xa0 && (unsigned char)text[i - 1] == 0xc2) {
      text[i - 1] = text[i] = '?';
    }
  }
  text[length] = '\0';
  message->at += length;
}
