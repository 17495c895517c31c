/* The list of sessions, and ending one. */
#define _GNU_SOURCE
#include "attach.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct entry {
  char *user;
  char *name;
  char *title;
  unsigned attached;
  uint32_t idle;
  unsigned columns;
  unsigned rows;
};

static char *copy_text(struct message *message) {
  char text[TEXT_MOST + 1];
  take_text(message, text);
  char *copy = strdup(text);
  if (copy == NULL) {
    die("no memory is left.");
  }
  return copy;
}

static int by_name(const void *one, const void *other) {
  const struct entry *a = one;
  const struct entry *b = other;
  int order = strcmp(a->user, b->user);
  return order != 0 ? order : strcmp(a->name, b->name);
}

static struct entry *add(struct entry *entries, size_t count, struct message *message) {
  if (count == ENTRIES_MOST) {
    die("there are too many sessions.");
  }
  struct entry *more = reallocarray(entries, count + 1, sizeof *more);
  if (more == NULL) {
    die("no memory is left.");
  }
  struct entry *entry = more + count;
  entry->user = copy_text(message);
  entry->name = copy_text(message);
  entry->attached = take16(message);
  entry->idle = take32(message);
  entry->columns = take16(message);
  entry->rows = take16(message);
  entry->title = copy_text(message);
  return more;
}

static const char *idle_text(uint32_t seconds, char text[32]) {
  if (seconds < 60) {
    snprintf(text, 32, "%us", seconds);
  } else if (seconds < 60 * 60) {
    snprintf(text, 32, "%um%02us", seconds / 60, seconds % 60);
  } else if (seconds < 24 * 60 * 60) {
    snprintf(text, 32, "%uh%02um", seconds / 3600, seconds / 60 % 60);
  } else {
    snprintf(text, 32, "%ud%02uh", seconds / 86400, seconds / 3600 % 24);
  }
  return text;
}

/* RFC 8259 7; take_text has left no control characters. */
static void print_json_text(const char *key, const char *text) {
  printf("\"%s\":\"", key);
  for (; *text != '\0'; text++) {
    if (*text == '"' || *text == '\\') {
      putchar('\\');
    }
    putchar(*text);
  }
  putchar('"');
}

static void print_json(const struct entry *entries, size_t count) {
  putchar('[');
  for (size_t i = 0; i < count; i++) {
    printf(i == 0 ? "{" : ",\n {");
    print_json_text("user", entries[i].user);
    putchar(',');
    print_json_text("name", entries[i].name);
    printf(",\"attached\":%u,\"idle\":%u,\"columns\":%u,\"rows\":%u,", entries[i].attached, entries[i].idle,
           entries[i].columns, entries[i].rows);
    print_json_text("title", entries[i].title);
    putchar('}');
  }
  puts("]");
}

static void print_table(const struct entry *entries, size_t count) {
  int several = 0;
  for (size_t i = 1; i < count; i++) {
    several |= strcmp(entries[i].user, entries[0].user) != 0;
  }
  if (count > 0) {
    printf(several ? "USER             " : "");
    puts("NAME                 ATTACHED  IDLE     SIZE      TITLE");
  }
  for (size_t i = 0; i < count; i++) {
    char idle[32];
    char size[32];
    if (several) {
      printf("%-16s ", entries[i].user);
    }
    snprintf(size, sizeof size, "%ux%u", entries[i].columns, entries[i].rows);
    printf("%-20s %-9u %-8s %-9s %s\n", entries[i].name, entries[i].attached, idle_text(entries[i].idle, idle), size,
           entries[i].title);
  }
}

int list_sessions(const char *format) {
  static struct message message;
  char *paths[SOCKETS_MOST];
  size_t sockets = find_sockets(paths);
  struct entry *entries = NULL;
  size_t count = 0;
  int answered = 0;
  for (size_t i = 0; i < sockets; i++) {
    int number = open_socket(paths[i]);
    if (number < 0) {
      continue;
    }
    begin(&message, LIST);
    int kind = send_message(number, &message) == 0 ? receive_message(number, &message) : -1;
    for (; kind == ENTRY; kind = receive_message(number, &message)) {
      entries = add(entries, count++, &message);
    }
    if (kind == DONE) {
      answered = 1;
    } else {
      fprintf(stderr, "holdfast: a process of the node did not answer; its sessions are not shown.\n");
    }
    close(number);
  }
  if (!answered) {
    die("no node answers here; 'holdfast serve' is one.");
  }
  qsort(entries, count, sizeof *entries, by_name);
  if (strcmp(format, "json") == 0) {
    print_json(entries, count);
  } else if (strcmp(format, "names") == 0) {
    for (size_t i = 0; i < count; i++) {
      puts(entries[i].name);
    }
  } else {
    print_table(entries, count);
  }
  return 0;
}

int kill_session(const struct session_name *wanted) {
  static struct message message;
  char *paths[SOCKETS_MOST];
  size_t sockets = find_sockets(paths);
  for (size_t i = 0; i < sockets; i++) {
    int number = open_socket(paths[i]);
    if (number < 0) {
      continue;
    }
    begin(&message, KILL);
    put_text(&message, wanted->user);
    put_text(&message, wanted->name);
    int kind = send_message(number, &message) == 0 ? receive_message(number, &message) : -1;
    close(number);
    if (kind == DONE) {
      return 0;
    }
  }
  die("there is no session %s; 'holdfast sessions ls' shows those that are.", wanted->name);
}
