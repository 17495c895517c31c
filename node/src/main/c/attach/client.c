/* The terminal, while it is attached: raw, and as it was whatever happens. */
#define _GNU_SOURCE
#include "attach.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <termios.h>
#include <unistd.h>

static struct termios before;
static volatile sig_atomic_t raw;
static int wake[2];

static void restore(void) {
  if (raw) {
    raw = 0;
    tcsetattr(STDIN_FILENO, TCSADRAIN, &before);
  }
}

/* Those that end us: the terminal is restored, then the signal does what it does. */
static void on_end(int number) {
  restore();
  signal(number, SIG_DFL);
  raise(number);
}

static void on_resize(int number) {
  int kept = errno;
  char byte = (char)number;
  if (write(wake[1], &byte, 1) < 0) {
    /* It is full, so the loop will look anyway. */
  }
  errno = kept;
}

static void prepare(void) {
  if (tcgetattr(STDIN_FILENO, &before) != 0 || pipe2(wake, O_CLOEXEC | O_NONBLOCK) != 0) {
    die("this needs a terminal: use ssh -t.");
  }
  atexit(restore);
  const int ends[] = {SIGHUP, SIGINT, SIGTERM, SIGQUIT, SIGPIPE, SIGABRT, SIGSEGV, SIGBUS};
  for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
    signal(ends[i], on_end);
  }
  struct sigaction resize = {.sa_handler = on_resize, .sa_flags = SA_RESTART};
  sigaction(SIGWINCH, &resize, NULL);
  struct termios now = before;
  cfmakeraw(&now);
  raw = 1;
  tcsetattr(STDIN_FILENO, TCSADRAIN, &now);
}

static int send_size(int socket) {
  struct winsize size = {0};
  char bytes[64];
  while (read(wake[0], bytes, sizeof bytes) > 0) {
  }
  struct message message;
  ioctl(STDIN_FILENO, TIOCGWINSZ, &size);
  begin(&message, WINDOW_SIZE);
  put16(&message, size.ws_col);
  put16(&message, size.ws_row);
  return send_message(socket, &message);
}

/* Types what the terminal has; 0 if there was nothing or it was sent, else it is gone. */
static int send_keys(int socket, uint32_t *credit) {
  static struct message message;
  size_t most = *credit < 32768 ? *credit : 32768;
  begin(&message, KEYS);
  ssize_t count = read(STDIN_FILENO, message.body + 1, most);
  if (count < 0) {
    return errno == EINTR || errno == EAGAIN ? 0 : -1;
  }
  if (count == 0) {
    return -1;
  }
  message.length = 1 + (size_t)count;
  *credit -= (uint32_t)count;
  return send_message(socket, &message);
}

static int show(const struct message *message) {
  size_t at = message->at;
  while (at < message->length) {
    ssize_t count = write(STDOUT_FILENO, message->body + at, message->length - at);
    if (count < 0 && errno == EAGAIN) {
      struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};
      poll(&out, 1, -1);
    } else if (count < 0 && errno != EINTR) {
      return -1;
    }
    at += count > 0 ? (size_t)count : 0;
  }
  return 0;
}

static int ended(struct message *message, const char *name) {
  unsigned why = take8(message);
  unsigned status = take8(message);
  char signal_name[TEXT_MOST + 1];
  take_text(message, signal_name);
  restore();
  if (why == 0) {
    printf("[%s ended with status %u]\n", name, status);
    return (int)status;
  }
  if (why == 1) {
    printf("[%s was ended by signal %s]\n", name, signal_name);
    return EXIT_BROKEN;
  }
  return 0; /* The node has said why. */
}

static int lost(const char *name) {
  restore();
  fprintf(stderr, "\nholdfast: the node ended, or let go of session %s; attach again.\n", name);
  return EXIT_BROKEN;
}

/* Passes bytes both ways until one end is over; the status to end with. */
int run_client(int socket, const char *name) {
  static struct message message;
  uint32_t credit = WINDOW;
  struct timeval forever = {0};
  setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &forever, sizeof forever);
  setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &forever, sizeof forever);
  prepare();
  if (send_size(socket) != 0) {
    return lost(name);
  }
  while (1) {
    struct pollfd wanted[] = {
        {.fd = socket, .events = POLLIN},
        {.fd = wake[0], .events = POLLIN},
        {.fd = credit > 0 ? STDIN_FILENO : -1, .events = POLLIN},
    };
    if (poll(wanted, 3, -1) < 0) {
      if (errno == EINTR) {
        continue;
      }
      return lost(name);
    }
    if (wanted[1].revents != 0 && send_size(socket) != 0) {
      return lost(name);
    }
    if (wanted[2].revents != 0 && send_keys(socket, &credit) != 0) {
      return EXIT_BROKEN; /* The terminal has gone. */
    }
    if (wanted[0].revents == 0) {
      continue;
    }
    switch (receive_message(socket, &message)) {
    case OUTPUT:
      if (show(&message) != 0) {
        return EXIT_BROKEN;
      }
      break;
    case CONSUMED:
      credit += take32(&message);
      break;
    case ENDED:
      return ended(&message, name);
    default:
      return lost(name);
    }
  }
}
