/*
 * holdfast-session: becomes the login user and runs the user's shell.
 *
 * The node starts it once for each session, with descriptors 0, 1 and 2 being the session's (a pty's slave, or pipes),
 * 3 the request, and 4, with PAM only, where it reports. A request is a sequence of pairs "name\0value\0". See request.c.
 *
 * Exit status: the shell's; 254 if the login is refused; 255 if something is wrong with the machine.
 */
#ifndef HOLDFAST_SESSION_H
#define HOLDFAST_SESSION_H

#include <lastlog.h>
#include <pwd.h>
#include <stddef.h>
#include <sys/types.h>

enum {
  FD_REQUEST = 3,
  FD_REPORT = 4,
  EXIT_REFUSED = 254,
  EXIT_FAILED = 255,
  MOST_REQUEST = 1 << 20, /* bytes */
  MOST_PAIRS = 4096,
  MOST_MODES = 160
};

struct pair {
  const char *name;
  const char *value;
};

/* What the node asks for; strings are never NULL unless said. */
struct request {
  const char *action;           /* "session", "logout" */
  const char *user;             /* login name */
  const char *command;          /* NULL: login shell */
  const char *original_command; /* NULL unless another command was forced */
  const char *tty;              /* name of the slave; NULL without pty */
  const char *term;
  const char *client;        /* host, as in "Last login: ... from HOST"; may be empty */
  const char *ssh_client;    /* values of the variables */
  const char *ssh_connection;
  const char *auth_sock;     /* NULL: no agent */
  const char *display;       /* NULL: no X11; then so are the next three */
  const char *x11_entry;     /* what xauth calls the display */
  const char *x11_cookie;    /* "PROTOCOL COOKIE" */
  const char *xauth;         /* path of the program */
  const char *pam;           /* name of the service; NULL: without PAM */
  const char *pid;           /* of logout: whose session it was */
  int subsystem;
  int user_rc;
  int motd;
  int last_login;
  int mode_count;
  int client_env_count;
  int key_env_count;
  int modes[MOST_MODES][2]; /* opcode, argument */
  struct pair client_env[MOST_PAIRS];
  struct pair key_env[MOST_PAIRS];
};

/* request.c */
void read_request(struct request *request);
void refuse(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));
void fail(const char *what) __attribute__((noreturn));

/* account.c */
struct passwd *find_account(const char *user);
void check_account(const struct passwd *account, const struct request *request);
void set_groups(const struct passwd *account);
void become(const struct passwd *account);
void reset_process(int privileged);

/* terminal.c */
void own_terminal(const struct passwd *account);
void take_terminal(const struct request *request);

/* environment.c */
char **make_environment(const struct request *request, const struct passwd *account, const char *shell, char **pam);

/* records.c */
void record_login(const struct request *request, const struct passwd *account, pid_t pid);
void record_logout(const struct request *request);
struct lastlog read_last_login(const struct request *request, const struct passwd *account);
void print_last_login(const struct lastlog *last);
void print_motd(void);
int is_quiet(const struct request *request, const struct passwd *account);

/* pam.c */
int pam_begin(const struct request *request, int quiet);
char **pam_environment(void);
void pam_finish(void);

#endif
