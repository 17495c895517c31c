/* Where the node's processes are, the newest first. */
#define _GNU_SOURCE
#include "attach.h"

#include <dirent.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

struct found {
  char *path;
  struct timespec made;
};

static int newest_first(const void *one, const void *other) {
  const struct timespec *a = &((const struct found *)one)->made;
  const struct timespec *b = &((const struct found *)other)->made;
  if (a->tv_sec != b->tv_sec) {
    return a->tv_sec < b->tv_sec ? 1 : -1;
  }
  return a->tv_nsec == b->tv_nsec ? 0 : a->tv_nsec < b->tv_nsec ? 1 : -1;
}

static size_t add_directory(const char *directory, struct found *found, size_t count) {
  DIR *files = opendir(directory);
  if (files == NULL) {
    return count;
  }
  size_t first = count;
  const struct dirent *file;
  while (count < SOCKETS_MOST && (file = readdir(files)) != NULL) {
    size_t length = strlen(file->d_name);
    struct stat status;
    char *path;
    if (length < 6 || strcmp(file->d_name + length - 5, ".sock") != 0 ||
        asprintf(&path, "%s/%s", directory, file->d_name) < 0) {
      continue;
    }
    if (lstat(path, &status) == 0 && S_ISSOCK(status.st_mode)) {
      found[count].path = path;
      found[count++].made = status.st_mtim;
    }
  }
  closedir(files);
  qsort(found + first, count - first, sizeof *found, newest_first);
  return count;
}

static size_t add_own(struct found *found, size_t count) {
  const char *state = getenv("XDG_STATE_HOME");
  const struct passwd *account = getpwuid(getuid());
  const char *home = account == NULL ? getenv("HOME") : account->pw_dir;
  char *directory;
  int made = state != NULL && state[0] == '/' ? asprintf(&directory, "%s/holdfast/node/sessions", state)
             : home != NULL                   ? asprintf(&directory, "%s/.local/state/holdfast/node/sessions", home)
                                              : -1;
  return made < 0 ? count : add_directory(directory, found, count);
}

/* Those of the node that started us, else the machine's, then the user's own. */
size_t find_sockets(char *paths[SOCKETS_MOST]) {
  static struct found found[SOCKETS_MOST];
  const char *told = getenv("HOLDFAST_SESSIONS");
  size_t count;
  if (told != NULL && told[0] == '/') {
    count = add_directory(told, found, 0);
  } else {
    count = add_directory("/run/holdfast-sessions", found, 0);
    count = add_own(found, count);
  }
  for (size_t i = 0; i < count; i++) {
    paths[i] = found[i].path;
  }
  return count;
}

/* A connection to a node that root or this user runs, -1 if there is none. */
int open_socket(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(path) >= sizeof address.sun_path) {
    return -1;
  }
  strcpy(address.sun_path, path);
  int number = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct timeval most = {.tv_sec = ANSWER_SECONDS};
  struct ucred peer;
  socklen_t size = sizeof peer;
  if (number < 0) {
    return -1;
  }
  if (setsockopt(number, SOL_SOCKET, SO_RCVTIMEO, &most, sizeof most) != 0 ||
      setsockopt(number, SOL_SOCKET, SO_SNDTIMEO, &most, sizeof most) != 0 ||
      connect(number, (struct sockaddr *)&address, sizeof address) != 0 ||
      getsockopt(number, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0 || (peer.uid != 0 && peer.uid != getuid())) {
    close(number);
    return -1;
  }
  struct message hello;
  begin(&hello, HELLO);
  put8(&hello, 1);
  if (send_message(number, &hello) != 0) {
    close(number);
    return -1;
  }
  return number;
}
