/* The environment of the shell: made from nothing, in sshd's order; what is set later counts. */
#define _GNU_SOURCE
#include "session.h"

#include <errno.h>
#include <paths.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const USER_PATH = "/usr/local/bin:/usr/bin:/bin:/usr/games";
static const char *const ROOT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

enum { MOST_VARIABLES = 3 * MOST_PAIRS };

static char *variables[MOST_VARIABLES + 1];
static size_t count;

static void put(char *variable) {
  size_t name = (size_t)(strchr(variable, '=') - variable) + 1;
  for (size_t i = 0; i < count; i++) {
    if (strncmp(variables[i], variable, name) == 0) {
      variables[i] = variable;
      return;
    }
  }
  if (count == MOST_VARIABLES) {
    errno = E2BIG;
    fail("environment");
  }
  variables[count++] = variable;
}

static void set(const char *name, const char *value) {
  char *variable;
  if (value != NULL) {
    if (asprintf(&variable, "%s=%s", name, value) < 0) {
      fail("environment");
    }
    put(variable);
  }
}

static void set_all(const struct pair *pairs, int pair_count) {
  for (int i = 0; i < pair_count; i++) {
    set(pairs[i].name, pairs[i].value);
  }
}

static void set_account(const struct passwd *account, const char *shell) {
  char *mail;
  if (asprintf(&mail, "%s/%s", _PATH_MAILDIR, account->pw_name) < 0) {
    fail("environment");
  }
  set("USER", account->pw_name);
  set("LOGNAME", account->pw_name);
  set("HOME", account->pw_dir);
  set("PATH", account->pw_uid == 0 ? ROOT_PATH : USER_PATH);
  set("MAIL", mail);
  set("SHELL", shell);
}

/* Modules may set what they like, but not what tells who is there. */
static void set_pam(char **pam) {
  for (; pam != NULL && *pam != NULL; pam++) {
    if (strchr(*pam, '=') != NULL && strncmp(*pam, "SSH_CONNECTION", 14) != 0 &&
        strncmp(*pam, "SSH_AUTH_INFO", 13) != 0) {
      put(*pam);
    }
  }
}

char **make_environment(const struct request *request, const struct passwd *account, const char *shell, char **pam) {
  set_all(request->client_env, request->client_env_count);
  set_account(account, shell);
  set("TZ", getenv("TZ"));
  if (request->tty != NULL) {
    set("TERM", request->term);
  }
  set("DISPLAY", request->display);
  set_pam(pam);
  set_all(request->key_env, request->key_env_count);
  set("SSH_CLIENT", request->ssh_client);
  set("SSH_CONNECTION", request->ssh_connection);
  set("SSH_TTY", request->tty);
  set("SSH_ORIGINAL_COMMAND", request->original_command);
  set("SSH_AUTH_SOCK", request->auth_sock);
  return variables;
}
