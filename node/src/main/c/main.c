/* The order of things, which is what keeps them safe: see run(). */
#define _GNU_SOURCE
#include "session.h"

#include <errno.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static struct request request;

/* Everything from `first` on is closed: nothing of the node's may be seen by a user. */
static void close_from(unsigned first) {
  if (syscall(SYS_close_range, first, ~0U, 0) != 0) {
    long most = sysconf(_SC_OPEN_MAX);
    for (long number = first; number < most; number++) {
      close((int)number);
    }
  }
}

static void go_home(const struct passwd *account) {
  if (chdir(account->pw_dir) != 0) {
    fprintf(stderr, "Could not chdir to home directory %s: %s\r\n", account->pw_dir, strerror(errno));
    if (chdir("/") != 0) {
      fail("chdir");
    }
  }
}

static const char *base_name(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash == NULL ? path : slash + 1;
}

/* Runs it as popen(3) would, with `said` as its whole input: not the session's, which is the command's. */
static void tell(const char *program, char *const arguments[], char **environment, const char *said) {
  int ends[2];
  if (pipe(ends) != 0) {
    fail("pipe");
  }
  pid_t child = fork();
  if (child == 0) {
    dup2(ends[0], STDIN_FILENO);
    close(ends[0]);
    close(ends[1]);
    execve(program, arguments, environment);
    _exit(EXIT_FAILED);
  }
  close(ends[0]);
  signal(SIGPIPE, SIG_IGN);
  if (write(ends[1], said, strlen(said)) < 0) {
    /* Then it did not want to hear it. */
  }
  signal(SIGPIPE, SIG_DFL);
  close(ends[1]);
  while (child > 0 && waitpid(child, NULL, 0) < 0 && errno == EINTR) {
  }
}

static char *text(const char *format, ...) {
  va_list arguments;
  char *made;
  va_start(arguments, format);
  if (vasprintf(&made, format, arguments) < 0) {
    fail("text");
  }
  va_end(arguments);
  return made;
}

/* sshd(8), "SSHRC": the user's but for a subsystem, else the machine's. Without either the cookie is noted by xauth. */
static void run_rc(const char *shell, char **environment) {
  struct stat status;
  const char *cookie = request.display == NULL ? "" : text("%s\n", request.x11_cookie);
  if (!request.subsystem && request.user_rc && stat(".ssh/rc", &status) == 0) {
    char *arguments[] = {(char *)base_name(shell), "-c", "/bin/sh .ssh/rc", NULL};
    tell(shell, arguments, environment, cookie);
  } else if (stat("/etc/ssh/sshrc", &status) == 0) {
    char *arguments[] = {"sh", "/etc/ssh/sshrc", NULL};
    tell("/bin/sh", arguments, environment, cookie);
  } else if (request.display != NULL) {
    char *arguments[] = {"xauth", "-q", "-", NULL};
    tell(request.xauth, arguments, environment,
         text("remove %s\nadd %s %s\n", request.x11_entry, request.x11_entry, request.x11_cookie));
  }
}

static void greet(const struct passwd *account, const struct lastlog *last) {
  if (!is_quiet(&request, account)) {
    print_last_login(last);
    if (request.motd) {
      print_motd();
    }
    fflush(stdout);
  }
}

static void run_shell(const char *shell, char **environment) {
  char *name;
  if (request.command != NULL) {
    char *arguments[] = {(char *)base_name(shell), "-c", (char *)request.command, NULL};
    execve(shell, arguments, environment);
  } else if (asprintf(&name, "-%s", base_name(shell)) >= 0) {
    char *arguments[] = {name, NULL};
    execve(shell, arguments, environment);
  }
  fprintf(stderr, "%s: %s\r\n", shell, strerror(errno));
  exit(1);
}

/* As root until become(); from there on as the user. */
static void run(const struct passwd *account, char **pam) {
  const char *shell = account->pw_shell[0] == '\0' ? "/bin/sh" : account->pw_shell;
  struct lastlog last = {0};
  if (request.tty != NULL) {
    own_terminal(account);
    take_terminal(&request);
    last = read_last_login(&request, account);
    record_login(&request, account, getpid());
  }
  char **environment = make_environment(&request, account, shell, pam);
  become(account);
  go_home(account);
  close_from(STDERR_FILENO + 1);
  greet(account, &last);
  run_rc(shell, environment);
  run_shell(shell, environment);
}

static void report(char kind, int number) {
  char message[1 + sizeof number];
  message[0] = kind;
  memcpy(message + 1, &number, sizeof number);
  if (write(FD_REPORT, message, sizeof message) != (ssize_t)sizeof message) {
    fail("report");
  }
}

/* Waits for the shell as root, to close PAM's session behind it. Reports 'P', the shell's process, and 'W', its end. */
static int watch(pid_t shell) {
  prctl(PR_SET_NAME, "holdfast-session");
  report('P', shell);
  close_from(FD_REPORT + 1);
  if (freopen("/dev/null", "r+", stdin) == NULL || dup2(STDIN_FILENO, STDOUT_FILENO) < 0 ||
      dup2(STDIN_FILENO, STDERR_FILENO) < 0) {
    /* Then the session's descriptors stay open here, and the client sees its end a little later. */
  }
  int status = 0;
  while (waitpid(shell, &status, 0) < 0 && errno == EINTR) {
  }
  pam_finish();
  report('W', status);
  return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILED;
}

static int run_with_pam(const struct passwd *account) {
  pam_begin(&request, request.command != NULL);
  signal(SIGPIPE, SIG_IGN);
  pid_t child = fork();
  if (child < 0) {
    fail("fork");
  }
  if (child > 0) {
    return watch(child);
  }
  signal(SIGPIPE, SIG_DFL);
  if (setsid() < 0) {
    fail("setsid");
  }
  run(account, pam_environment());
  return EXIT_FAILED;
}

int main(void) {
  close_from(FD_REPORT + 1);
  read_request(&request);
  close(FD_REQUEST);
  if (strcmp(request.action, "logout") == 0) {
    record_logout(&request);
    return 0;
  }
  if (strcmp(request.action, "session") != 0) {
    errno = EINVAL;
    fail("action");
  }
  reset_process(getuid() == 0);
  const struct passwd *account = find_account(request.user);
  check_account(account, &request);
  set_groups(account);
  if (request.pam != NULL) {
    return run_with_pam(account);
  }
  run(account, NULL);
  return EXIT_FAILED;
}
