/* The request, and how it is told that it can't be fulfilled. */
#define _GNU_SOURCE
#include "session.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* One sentence for the person who logs in; not the machine's fault. */
void refuse(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vfprintf(stderr, format, arguments);
  va_end(arguments);
  fputs("\r\n", stderr);
  exit(EXIT_REFUSED);
}

void fail(const char *what) {
  fprintf(stderr, "The session could not be set up (%s: %s); tell the administrator of this machine.\r\n", what,
          strerror(errno));
  exit(EXIT_FAILED);
}

static char *read_all(size_t *size) {
  struct stat status;
  if (fstat(FD_REQUEST, &status) != 0) {
    fail("request");
  }
  if (status.st_size <= 0 || status.st_size > MOST_REQUEST) {
    errno = EMSGSIZE;
    fail("request");
  }
  *size = (size_t)status.st_size;
  char *bytes = malloc(*size);
  if (bytes == NULL) {
    fail("request");
  }
  for (size_t at = 0; at < *size;) {
    ssize_t count = pread(FD_REQUEST, bytes + at, *size - at, (off_t)at);
    if (count <= 0) {
      fail("request");
    }
    at += (size_t)count;
  }
  return bytes;
}

static void add_pair(struct pair *pairs, int *count, const char *name, const char *value) {
  if (*count == MOST_PAIRS) {
    errno = E2BIG;
    fail("environment");
  }
  pairs[(*count)++] = (struct pair){name, value};
}

static void add_mode(struct request *request, const char *opcode, const char *argument) {
  if (request->mode_count < MOST_MODES) {
    int *mode = request->modes[request->mode_count++];
    mode[0] = atoi(opcode);
    mode[1] = (int)strtoul(argument, NULL, 10);
  }
}

static int take_text(struct request *request, const char *name, const char *value) {
  const struct {
    const char *name;
    const char **field;
  } texts[] = {
      {"action", &request->action},
      {"user", &request->user},
      {"command", &request->command},
      {"original-command", &request->original_command},
      {"tty", &request->tty},
      {"term", &request->term},
      {"client", &request->client},
      {"ssh-client", &request->ssh_client},
      {"ssh-connection", &request->ssh_connection},
      {"auth-sock", &request->auth_sock},
      {"display", &request->display},
      {"x11-entry", &request->x11_entry},
      {"x11-cookie", &request->x11_cookie},
      {"xauth", &request->xauth},
      {"pam", &request->pam},
      {"pid", &request->pid},
  };
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    if (strcmp(texts[i].name, name) == 0) {
      *texts[i].field = value;
      return 1;
    }
  }
  return 0;
}

static int take_switch(struct request *request, const char *name, const char *value) {
  const struct {
    const char *name;
    int *field;
  } switches[] = {
      {"subsystem", &request->subsystem},
      {"user-rc", &request->user_rc},
      {"motd", &request->motd},
      {"last-login", &request->last_login},
  };
  for (size_t i = 0; i < sizeof switches / sizeof *switches; i++) {
    if (strcmp(switches[i].name, name) == 0) {
      *switches[i].field = strcmp(value, "yes") == 0;
      return 1;
    }
  }
  return 0;
}

/* Names: those above, "mode.OPCODE", "env.NAME" (the client's) and "key-env.NAME" (of authorized_keys). */
static void take(struct request *request, const char *name, const char *value) {
  if (strncmp(name, "mode.", 5) == 0) {
    add_mode(request, name + 5, value);
  } else if (strncmp(name, "env.", 4) == 0) {
    add_pair(request->client_env, &request->client_env_count, name + 4, value);
  } else if (strncmp(name, "key-env.", 8) == 0) {
    add_pair(request->key_env, &request->key_env_count, name + 8, value);
  } else if (!take_text(request, name, value) && !take_switch(request, name, value)) {
    errno = EINVAL;
    fail(name);
  }
}

void read_request(struct request *request) {
  *request = (struct request){.action = "", .user = "", .term = "", .client = "", .ssh_client = "",
                              .ssh_connection = "", .pid = "0"};
  size_t size;
  char *bytes = read_all(&size);
  if (bytes[size - 1] != '\0') {
    errno = EINVAL;
    fail("request");
  }
  for (char *at = bytes; at < bytes + size;) {
    const char *name = at;
    at += strlen(at) + 1;
    if (at >= bytes + size) {
      errno = EINVAL;
      fail("request");
    }
    take(request, name, at);
    at += strlen(at) + 1;
  }
}
