/* Who is logged in and was last: utmp(5), wtmp, lastlog; and what a person is greeted with. */
#define _GNU_SOURCE
#include "session.h"

#include <fcntl.h>
#include <lastlog.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
#include <utmp.h>

/* These fields are not strings: they need no zero at their end. */
#define FIELD(field, text) strncpy_field(field, sizeof(field), text)

static void strncpy_field(char *field, size_t size, const char *text) {
  memcpy(field, text, strnlen(text, size));
}

static const char *line(const struct request *request) {
  return strncmp(request->tty, "/dev/", 5) == 0 ? request->tty + 5 : request->tty;
}

/* "pts/12" is "ts/12" in utmp's four bytes, as with sshd and login(1). */
static struct utmp entry(const struct request *request, short type, pid_t pid) {
  struct utmp record = {.ut_type = type, .ut_pid = pid};
  const char *name = line(request);
  size_t length = strlen(name);
  FIELD(record.ut_line, name);
  FIELD(record.ut_id, length > sizeof record.ut_id ? name + length - sizeof record.ut_id : name);
  struct timeval now;
  gettimeofday(&now, NULL);
  record.ut_tv.tv_sec = (int32_t)now.tv_sec;
  record.ut_tv.tv_usec = (int32_t)now.tv_usec;
  return record;
}

static void write_record(const struct utmp *record) {
  setutent();
  pututline(record);
  endutent();
  updwtmp(_PATH_WTMP, record);
}

static void write_last_login(const struct request *request, const struct passwd *account) {
  int file = open(_PATH_LASTLOG, O_RDWR | O_CLOEXEC);
  if (file < 0) {
    return;
  }
  struct lastlog last = {.ll_time = (int32_t)time(NULL)};
  FIELD(last.ll_line, line(request));
  FIELD(last.ll_host, request->client);
  if (pwrite(file, &last, sizeof last, (off_t)account->pw_uid * (off_t)sizeof last) < 0) {
    /* A full disk is no reason not to log in. */
  }
  close(file);
}

void record_login(const struct request *request, const struct passwd *account, pid_t pid) {
  if (geteuid() == 0) {
    struct utmp record = entry(request, USER_PROCESS, pid);
    FIELD(record.ut_user, account->pw_name);
    FIELD(record.ut_host, request->client);
    write_record(&record);
    write_last_login(request, account);
  }
}

void record_logout(const struct request *request) {
  if (geteuid() == 0 && request->tty != NULL) {
    struct utmp record = entry(request, DEAD_PROCESS, (pid_t)atoi(request->pid));
    write_record(&record);
  }
}

/* Read before this login is recorded. */
struct lastlog read_last_login(const struct request *request, const struct passwd *account) {
  struct lastlog last = {0};
  int file = request->last_login ? open(_PATH_LASTLOG, O_RDONLY | O_CLOEXEC) : -1;
  if (file >= 0) {
    if (pread(file, &last, sizeof last, (off_t)account->pw_uid * (off_t)sizeof last) != (ssize_t)sizeof last) {
      last.ll_time = 0;
    }
    close(file);
  }
  return last;
}

void print_last_login(const struct lastlog *last) {
  time_t then = last->ll_time;
  char text[64];
  if (then == 0 || ctime_r(&then, text) == NULL) {
    return;
  }
  text[strcspn(text, "\n")] = '\0';
  printf("Last login: %s", text);
  if (last->ll_host[0] != '\0') {
    printf(" from %.*s", (int)sizeof last->ll_host, last->ll_host);
  }
  printf("\r\n");
}

void print_motd(void) {
  FILE *file = fopen("/etc/motd", "re");
  char text[256];
  while (file != NULL && fgets(text, sizeof text, file) != NULL) {
    fputs(text, stdout);
  }
  if (file != NULL) {
    fclose(file);
  }
}

/* Called as the user: ~/.hushlogin may be where root can't look. */
int is_quiet(const struct request *request, const struct passwd *account) {
  char *file;
  if (request->tty == NULL || request->command != NULL) {
    return 1;
  }
  if (asprintf(&file, "%s/.hushlogin", account->pw_dir) < 0) {
    return 1;
  }
  int quiet = access(file, F_OK) == 0;
  free(file);
  return quiet;
}
