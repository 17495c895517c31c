/* Who the user is, whether the account is in order, and becoming that user without a way back. */
#define _GNU_SOURCE
#include "session.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <shadow.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char *const NOLOGIN = "/etc/nologin";

/* Programs with select(2) expect no more; the hard limit stays, as with services of systemd. */
static const rlim_t OPEN_FILES = 1024;

/* PAM's modules look up accounts too, into the C library's one buffer. */
static struct passwd *copy(const struct passwd *account) {
  static struct passwd kept;
  kept = *account;
  kept.pw_name = strdup(account->pw_name);
  kept.pw_dir = strdup(account->pw_dir);
  kept.pw_shell = strdup(account->pw_shell);
  if (kept.pw_name == NULL || kept.pw_dir == NULL || kept.pw_shell == NULL) {
    fail("passwd");
  }
  return &kept;
}

struct passwd *find_account(const char *user) {
  errno = 0;
  struct passwd *account = getpwnam(user);
  if (account == NULL) {
    if (errno != 0 && errno != ENOENT) {
      fail("passwd");
    }
    refuse("This machine has no user of that name.");
  }
  uid_t self = getuid();
  if (self != 0 && account->pw_uid != self) {
    refuse("This node does not run as root and serves its own user only.");
  }
  return copy(account);
}

/* The text of /etc/nologin, nologin(5), for everybody but root. */
static void check_nologin(const struct passwd *account) {
  FILE *file = account->pw_uid == 0 ? NULL : fopen(NOLOGIN, "re");
  if (file == NULL) {
    return;
  }
  char line[1024];
  while (fgets(line, sizeof line, file) != NULL) {
    fputs(line, stderr);
  }
  refuse("Logins are off on this machine at the moment.");
}

/* shadow(5); as sshd: locked is what begins with '!', while '*' is only without a password. */
static void check_shadow(const struct passwd *account) {
  const struct spwd *shadow = getspnam(account->pw_name);
  if (shadow == NULL) {
    return;
  }
  if (shadow->sp_pwdp != NULL && shadow->sp_pwdp[0] == '!') {
    refuse("This account is locked.");
  }
  long today = (long)(time(NULL) / (24 * 60 * 60));
  if (shadow->sp_expire >= 0 && shadow->sp_expire < today) {
    refuse("This account has expired.");
  }
}

/* Without PAM; else its account modules decide. As another user than root we can't read shadow, and need not. */
void check_account(const struct passwd *account, const struct request *request) {
  if (getuid() == 0 && request->pam == NULL) {
    check_nologin(account);
    check_shadow(account);
  }
}

void set_groups(const struct passwd *account) {
  if (getuid() == 0 && (setgid(account->pw_gid) != 0 || initgroups(account->pw_name, account->pw_gid) != 0)) {
    fail("groups");
  }
}

void become(const struct passwd *account) {
  uid_t uid = account->pw_uid;
  gid_t gid = account->pw_gid;
  if (getuid() == 0) {
    if (setresgid(gid, gid, gid) != 0) {
      fail("setresgid");
    }
    if (setresuid(uid, uid, uid) != 0) {
      fail("setresuid");
    }
  }
  uid_t real, effective, saved;
  if (getresuid(&real, &effective, &saved) != 0 || real != uid || effective != uid || saved != uid) {
    errno = EPERM;
    fail("uid");
  }
  gid_t groups[3];
  if (getresgid(groups, groups + 1, groups + 2) != 0 || groups[0] != groups[1] || groups[1] != groups[2]) {
    errno = EPERM;
    fail("gid");
  }
  if (uid != 0 && (setuid(0) == 0 || seteuid(0) == 0)) {
    errno = EPERM;
    fail("root can be regained");
  }
}

/* What a service has for itself and its users shall not inherit. */
void reset_process(int privileged) {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  for (int number = 1; number < NSIG; number++) {
    signal(number, SIG_DFL);
  }
  umask(022);
  prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  struct rlimit files;
  if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur > OPEN_FILES) {
    files.rlim_cur = OPEN_FILES;
    setrlimit(RLIMIT_NOFILE, &files);
  }
  int score = privileged ? open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC) : -1;
  if (score >= 0) {
    if (write(score, "0", 1) < 0) {
      /* A container may forbid it; then the service's score is that of its users. */
    }
    close(score);
  }
}
