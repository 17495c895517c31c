/* The pty: its owner, its modes, and taking it as the controlling terminal. */
#define _GNU_SOURCE
#include "session.h"

#include <grp.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

/* Which flags of struct termios an opcode of RFC 4254 8 is about. */
struct flag {
  int opcode;
  enum { INPUT, LOCAL, OUTPUT, CONTROL } word;
  tcflag_t bits;
};

static const struct flag FLAGS[] = {
    {30, INPUT, IGNPAR},   {31, INPUT, PARMRK},  {32, INPUT, INPCK},    {33, INPUT, ISTRIP},   {34, INPUT, INLCR},
    {35, INPUT, IGNCR},    {36, INPUT, ICRNL},   {37, INPUT, IUCLC},    {38, INPUT, IXON},     {39, INPUT, IXANY},
    {40, INPUT, IXOFF},    {41, INPUT, IMAXBEL}, {42, INPUT, IUTF8},    {50, LOCAL, ISIG},     {51, LOCAL, ICANON},
    {52, LOCAL, XCASE},    {53, LOCAL, ECHO},    {54, LOCAL, ECHOE},    {55, LOCAL, ECHOK},    {56, LOCAL, ECHONL},
    {57, LOCAL, NOFLSH},   {58, LOCAL, TOSTOP},  {59, LOCAL, IEXTEN},   {60, LOCAL, ECHOCTL},  {61, LOCAL, ECHOKE},
    {62, LOCAL, PENDIN},   {70, OUTPUT, OPOST},  {71, OUTPUT, OLCUC},   {72, OUTPUT, ONLCR},   {73, OUTPUT, OCRNL},
    {74, OUTPUT, ONOCR},   {75, OUTPUT, ONLRET}, {92, CONTROL, PARENB}, {93, CONTROL, PARODD},
};

/* Opcode 1 to 18 to index of c_cc; -1 for those that Linux does not have (VDSUSP, VFLUSH, VSTATUS). */
static const int CHARACTERS[] = {-1,    VINTR, VQUIT, VERASE, VKILL, VEOF,     VEOL,    VEOL2, VSTART, VSTOP,
                                 VSUSP, -1,    VREPRINT, VWERASE, VLNEXT, -1, VSWTC, -1,    VDISCARD};

static const struct {
  int rate;
  speed_t code;
} SPEEDS[] = {{0, B0},         {50, B50},       {75, B75},       {110, B110},       {134, B134},     {150, B150},
              {200, B200},     {300, B300},     {600, B600},     {1200, B1200},     {1800, B1800},   {2400, B2400},
              {4800, B4800},   {9600, B9600},   {19200, B19200}, {38400, B38400},   {57600, B57600}, {115200, B115200},
              {230400, B230400}};

static tcflag_t *word(struct termios *modes, int which) {
  switch (which) {
    case INPUT:
      return &modes->c_iflag;
    case OUTPUT:
      return &modes->c_oflag;
    case CONTROL:
      return &modes->c_cflag;
    default:
      return &modes->c_lflag;
  }
}

static void set_speed(struct termios *modes, int opcode, int rate) {
  for (size_t i = 0; i < sizeof SPEEDS / sizeof *SPEEDS; i++) {
    if (SPEEDS[i].rate == rate) {
      if (opcode == 128) {
        cfsetispeed(modes, SPEEDS[i].code);
      } else {
        cfsetospeed(modes, SPEEDS[i].code);
      }
    }
  }
}

static void set_mode(struct termios *modes, int opcode, int argument) {
  if (opcode >= 1 && opcode <= 18) {
    if (CHARACTERS[opcode] >= 0) {
      modes->c_cc[CHARACTERS[opcode]] = argument == 255 ? _POSIX_VDISABLE : (cc_t)argument;
    }
  } else if (opcode == 90 || opcode == 91) {
    if (argument != 0) {
      modes->c_cflag = (modes->c_cflag & ~(tcflag_t)CSIZE) | (opcode == 90 ? CS7 : CS8);
    }
  } else if (opcode == 128 || opcode == 129) {
    set_speed(modes, opcode, argument);
  }
  for (size_t i = 0; i < sizeof FLAGS / sizeof *FLAGS; i++) {
    if (FLAGS[i].opcode == opcode) {
      tcflag_t *flags = word(modes, FLAGS[i].word);
      *flags = argument != 0 ? *flags | FLAGS[i].bits : *flags & ~FLAGS[i].bits;
    }
  }
}

static void set_modes(const struct request *request) {
  struct termios modes;
  if (tcgetattr(STDIN_FILENO, &modes) != 0) {
    fail("tcgetattr");
  }
  for (int i = 0; i < request->mode_count; i++) {
    set_mode(&modes, request->modes[i][0], request->modes[i][1]);
  }
  if (tcsetattr(STDIN_FILENO, TCSANOW, &modes) != 0) {
    fail("tcsetattr");
  }
}

/* As sshd: the user's, and of the group tty if there is one, so that write(1) may write and nobody may read. */
void own_terminal(const struct passwd *account) {
  if (getuid() != 0) {
    return;
  }
  const struct group *tty = getgrnam("tty");
  gid_t group = tty == NULL ? account->pw_gid : tty->gr_gid;
  if (fchown(STDIN_FILENO, account->pw_uid, group) != 0 || fchmod(STDIN_FILENO, tty == NULL ? 0600 : 0620) != 0) {
    fail("owner of the terminal");
  }
}

void take_terminal(const struct request *request) {
  if (ioctl(STDIN_FILENO, TIOCSCTTY, 0) != 0) {
    fail("controlling terminal");
  }
  set_modes(request);
}
