/* holdfast attach NAME and holdfast sessions, as holdfast(1) has them; it is given their arguments as they are. */
#define _GNU_SOURCE
#include "attach.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

extern char **environ;

struct options {
  struct session_name session;
  const char *mode;
  const char *format;
};

void die(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fputs("holdfast: ", stderr);
  vfprintf(stderr, format, arguments);
  fputc('\n', stderr);
  va_end(arguments);
  exit(EXIT_BROKEN);
}

__attribute__((noreturn)) static void usage(const char *problem) {
  fprintf(stderr, "holdfast: %s\n", problem);
  fputs("Usage: holdfast attach [--read-only|--share] [--user USER] NAME\n"
        "       holdfast sessions ls [--format table|json|names]\n"
        "       holdfast sessions attach [--read-only|--share] [--user USER] NAME\n"
        "       holdfast sessions kill [--user USER] NAME\n",
        stderr);
  exit(EXIT_USAGE);
}

/* Those that a session may be made with: the node takes what it accepts of them. And where we came from and our agent,
 * which is not for another user's session. */
static int is_passed_on(const char *variable, const char *user) {
  static const char *const begins[] = {"LC_", "LANG=", "COLORTERM=", "SSH_AUTH_SOCK=", "SSH_CONNECTION="};
  for (size_t i = 0; i < sizeof begins / sizeof *begins; i++) {
    if (strncmp(variable, begins[i], strlen(begins[i])) == 0) {
      return user[0] == '\0' || strncmp(variable, "SSH_", 4) != 0;
    }
  }
  return 0;
}

static void put_environment(struct message *message, const char *user) {
  const char *chosen[VARIABLES_MOST];
  unsigned count = 0;
  for (char **each = environ; *each != NULL && count < VARIABLES_MOST; each++) {
    const char *equals = strchr(*each, '=');
    if (equals != NULL && is_passed_on(*each, user) && equals - *each <= TEXT_MOST && strlen(equals + 1) <= VALUE_MOST) {
      chosen[count++] = *each;
    }
  }
  put8(message, count);
  for (unsigned i = 0; i < count; i++) {
    const char *equals = strchr(chosen[i], '=');
    char name[TEXT_MOST + 1];
    snprintf(name, sizeof name, "%.*s", (int)(equals - chosen[i]), chosen[i]);
    put_text(message, name);
    put_text(message, equals + 1);
  }
}

static void make_request(struct message *message, const struct options *options, int create) {
  struct winsize size = {0};
  const char *term = getenv("TERM");
  ioctl(STDIN_FILENO, TIOCGWINSZ, &size);
  begin(message, ATTACH);
  put_text(message, options->session.user);
  put_text(message, options->session.name);
  put_text(message, options->mode);
  put8(message, create ? 1 : 0);
  put16(message, size.ws_col);
  put16(message, size.ws_row);
  put_text(message, term == NULL || strlen(term) > TEXT_MOST ? "" : term);
  put_environment(message, options->session.user);
}

/* The socket by which we are attached; -1 if that process has no such session, -2 if it does not answer. */
static int try_socket(const char *path, const struct options *options, int create) {
  static struct message message;
  int number = open_socket(path);
  if (number < 0) {
    return -2;
  }
  make_request(&message, options, create);
  int kind = send_message(number, &message) == 0 ? receive_message(number, &message) : -1;
  if (kind == ATTACHED) {
    return number;
  }
  close(number);
  if (kind == REFUSED) {
    char sentence[TEXT_MOST + 1];
    take_text(&message, sentence);
    die("%s", sentence);
  }
  return kind == NOT_HERE ? -1 : -2;
}

/* Asks each process, and then the newest one that answers to make it. */
static int attach(const struct options *options) {
  const char *here = getenv("HOLDFAST_SESSION");
  if (here != NULL && strcmp(here, options->session.name) == 0 && options->session.user[0] == '\0') {
    die("you are in session %s; unset HOLDFAST_SESSION to attach to it from within.", here);
  }
  if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
    die("this needs a terminal: use ssh -t.");
  }
  char *paths[SOCKETS_MOST];
  size_t sockets = find_sockets(paths);
  int own = options->session.user[0] == '\0';
  for (int create = 0; create <= own; create++) {
    for (size_t i = 0; i < sockets; i++) {
      int number = try_socket(paths[i], options, create);
      if (number >= 0) {
        return run_client(number, options->session.name);
      }
    }
  }
  if (!own) {
    die("%s has no session %s.", options->session.user, options->session.name);
  }
  die("no node answers here; 'holdfast serve' is one.");
}

static void name_session(struct options *options, const char *name) {
  if (options->session.name != NULL) {
    usage("one session at a time.");
  }
  if (name[0] == '\0' || strlen(name) > 64) {
    usage("a session's name has 1 to 64 characters.");
  }
  options->session.name = name;
}

static const char *value(int *at, int count, char **words, const char *option) {
  size_t length = strlen(option);
  if (words[*at][length] == '=') {
    return words[*at] + length + 1;
  }
  if (++*at == count) {
    usage("an option lacks its value.");
  }
  return words[*at];
}

static int is_option(const char *word, const char *option) {
  size_t length = strlen(option);
  return strncmp(word, option, length) == 0 && (word[length] == '\0' || word[length] == '=');
}

static struct options read_options(int count, char **words) {
  struct options options = {.session = {.user = ""}, .mode = "take", .format = "table"};
  for (int i = 0; i < count; i++) {
    const char *word = words[i];
    if (strcmp(word, "--read-only") == 0 || strcmp(word, "-r") == 0) {
      options.mode = "watch";
    } else if (strcmp(word, "--share") == 0) {
      options.mode = strcmp(options.mode, "watch") == 0 ? "watch" : "share";
    } else if (is_option(word, "--user")) {
      options.session.user = value(&i, count, words, "--user");
    } else if (is_option(word, "--format")) {
      options.format = value(&i, count, words, "--format");
    } else if (word[0] == '-') {
      usage("there is no such option.");
    } else {
      name_session(&options, word);
    }
  }
  if (strlen(options.session.user) > TEXT_MOST) {
    usage("no user has so long a name.");
  }
  return options;
}

static void need_name(const struct options *options) {
  if (options->session.name == NULL) {
    usage("which session? Its name is missing.");
  }
}

int main(int count, char **words) {
  if (count >= 2 && strcmp(words[1], "attach") == 0) {
    struct options options = read_options(count - 2, words + 2);
    need_name(&options);
    return attach(&options);
  }
  if (count < 2 || strcmp(words[1], "sessions") != 0) {
    usage("attach or sessions?");
  }
  const char *verb = count < 3 ? "ls" : words[2];
  struct options options = read_options(count < 3 ? 0 : count - 3, words + 3);
  if (strcmp(verb, "ls") == 0) {
    if (strcmp(options.format, "table") != 0 && strcmp(options.format, "json") != 0 &&
        strcmp(options.format, "names") != 0) {
      usage("formats are table, json and names.");
    }
    return list_sessions(options.format);
  }
  need_name(&options);
  if (strcmp(verb, "attach") == 0) {
    return attach(&options);
  }
  if (strcmp(verb, "kill") == 0) {
    return kill_session(&options.session);
  }
  usage("sessions has ls, attach and kill.");
}
