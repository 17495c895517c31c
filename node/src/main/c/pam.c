/*
 * PAM's account check and session, by the system's libpam, which is looked for when it is wanted: nothing of it is needed
 * to build or to run without. Types and numbers are those of Linux-PAM's <security/_pam_types.h>.
 */
#define _GNU_SOURCE
#include "session.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
  PAM_SUCCESS = 0,
  PAM_CONV_ERR = 19,
  PAM_TTY = 3,
  PAM_RHOST = 4,
  PAM_ERROR_MSG = 3,
  PAM_TEXT_INFO = 4,
  PAM_ESTABLISH_CRED = 2,
  PAM_DELETE_CRED = 4,
  PAM_MAX_NUM_MSG = 32
};

struct pam_message {
  int msg_style;
  const char *msg;
};

struct pam_response {
  char *resp;
  int resp_retcode;
};

struct pam_conv {
  int (*conv)(int, const struct pam_message **, struct pam_response **, void *);
  void *appdata_ptr;
};

static struct {
  int (*start)(const char *, const char *, const struct pam_conv *, void **);
  int (*end)(void *, int);
  int (*set_item)(void *, int, const void *);
  int (*acct_mgmt)(void *, int);
  int (*setcred)(void *, int);
  int (*open_session)(void *, int);
  int (*close_session)(void *, int);
  char **(*getenvlist)(void *);
  const char *(*strerror)(void *, int);
} pam;

static void *handle;
static int last_result;
static int show;

static void find(void *library, const char *name, void *function) {
  void *address = dlsym(library, name);
  if (address == NULL) {
    refuse("PAM is not available: libpam.so.0 has no %s.", name);
  }
  memcpy(function, &address, sizeof address);
}

static void load(void) {
  void *library = dlopen("libpam.so.0", RTLD_NOW | RTLD_GLOBAL);
  if (library == NULL) {
    refuse("PAM is not available: libpam.so.0 was not found; install it, or switch PAM off in the node's settings.");
  }
  find(library, "pam_start", &pam.start);
  find(library, "pam_end", &pam.end);
  find(library, "pam_set_item", &pam.set_item);
  find(library, "pam_acct_mgmt", &pam.acct_mgmt);
  find(library, "pam_setcred", &pam.setcred);
  find(library, "pam_open_session", &pam.open_session);
  find(library, "pam_close_session", &pam.close_session);
  find(library, "pam_getenvlist", &pam.getenvlist);
  find(library, "pam_strerror", &pam.strerror);
}

/* What modules say is for whoever sits before a terminal; they are not answered here. */
static int converse(int count, const struct pam_message **messages, struct pam_response **responses, void *data) {
  (void)data;
  if (count < 1 || count > PAM_MAX_NUM_MSG) {
    return PAM_CONV_ERR;
  }
  for (int i = 0; i < count; i++) {
    int style = messages[i]->msg_style;
    if (style != PAM_ERROR_MSG && style != PAM_TEXT_INFO) {
      return PAM_CONV_ERR;
    }
    if ((show || style == PAM_ERROR_MSG) && messages[i]->msg != NULL) {
      fprintf(stderr, "%s\r\n", messages[i]->msg);
    }
  }
  *responses = calloc((size_t)count, sizeof **responses);
  return *responses == NULL ? PAM_CONV_ERR : PAM_SUCCESS;
}

static void need(int result, const char *what) {
  last_result = result;
  if (result != PAM_SUCCESS) {
    const char *reason = pam.strerror(handle, result);
    fprintf(stderr, "PAM does not let this login in (%s: %s).\r\n", what, reason);
    pam.end(handle, result);
    exit(EXIT_REFUSED);
  }
}

/* Opens the session; returns 1. What a module wants asked was asked when the user authenticated. */
int pam_begin(const struct request *request, int quiet) {
  static const struct pam_conv conversation = {converse, NULL};
  load();
  show = request->tty != NULL && !quiet;
  if (pam.start(request->pam, request->user, &conversation, &handle) != PAM_SUCCESS) {
    errno = EINVAL;
    fail("pam_start");
  }
  need(pam.set_item(handle, PAM_RHOST, request->client), "remote host");
  need(pam.set_item(handle, PAM_TTY, request->tty == NULL ? "ssh" : request->tty), "terminal");
  need(pam.acct_mgmt(handle, 0), "account");
  /* As sshd: who came by key was not authenticated here, and modules may have nothing to establish for them. */
  last_result = pam.setcred(handle, PAM_ESTABLISH_CRED);
  need(pam.open_session(handle, 0), "session");
  return 1;
}

char **pam_environment(void) {
  return handle == NULL ? NULL : pam.getenvlist(handle);
}

void pam_finish(void) {
  pam.close_session(handle, 0);
  pam.setcred(handle, PAM_DELETE_CRED);
  pam.end(handle, last_result);
}
