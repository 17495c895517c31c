package dev.holdfast.terminal;

/**
 * Tells text, control characters and control sequences apart: Paul Williams' state machine for
 * DEC's terminals (vt100.net/emu/dec_ansi_parser), over UTF-8 in which every invalid part is a
 * U+FFFD (Unicode 3.9, "maximal subpart"). What cannot be recognised is skipped as a terminal skips
 * it. Confined to its terminal.
 */
final class Parser {
  /** Most bytes of a string (OSC) that is recognised; longer ones are skipped. */
  static final int MOST_STRING = 4096;

  /** Most bytes of an unfinished sequence that are kept to be repeated. */
  static final int MOST_UNFINISHED = MOST_STRING + 64;

  private static final int REPLACEMENT = 0xfffd;

  private enum State {
    GROUND,
    ESCAPE,
    ESCAPE_INTERMEDIATE,
    CSI,
    CSI_INTERMEDIATE,
    CSI_IGNORE,
    /** OSC: up to BEL or ST. */
    COMMAND,
    /** DCS, SOS, PM, APC: up to ST. */
    STRING
  }

  private final Screen screen;
  private final Controls controls;
  private final ControlSequences sequences;
  private final OperatingSystemCommands commands;
  private final PlainLines plainLines;
  private final Parameters parameters = new Parameters();
  private final Ink string = new Ink();
  private final Ink unfinished = new Ink();

  private State state = State.GROUND;
  private int prefix;
  private int intermediate;

  /** The character that is being read, how many bytes it lacks, and what the next may be. */
  private int character;

  private int lacking;
  private int least;
  private int most;

  /** Where the unfinished sequence begins in the bytes at hand. */
  private int begin;

  Parser(
      Screen screen,
      Controls controls,
      ControlSequences sequences,
      OperatingSystemCommands commands,
      PlainLines plainLines) {
    this.screen = screen;
    this.controls = controls;
    this.sequences = sequences;
    this.commands = commands;
    this.plainLines = plainLines;
  }

  void feed(byte[] bytes, int from, int to) {
    begin = from;
    int plainUntil = from;
    int i = from;
    while (i < to) {
      int b = bytes[i];
      if (state != State.GROUND || lacking > 0) {
        next(b & 0xff, i);
        i++;
      } else if (b >= 0x20 && b != 0x7f) {
        if (i >= plainUntil && plainLines.canBegin(to - i)) {
          i = plainLines.pass(bytes, i, to);
          plainUntil = plainLines.scanned();
        } else {
          i = screen.print(bytes, i, to);
        }
      } else if (b >= 0) {
        control(b, i);
        i++;
      } else {
        lead(b & 0xff, i);
        i++;
      }
    }
    keepUnfinished(bytes, to);
  }

  /** Whether nothing is begun: whatever comes next stands for itself. */
  boolean isAtRest() {
    return state == State.GROUND && lacking == 0;
  }

  /** Adds what brings another terminal's parser to where this one is: the unfinished sequence. */
  void print(Ink ink) {
    if (unfinished.length() <= MOST_UNFINISHED) {
      ink.add(unfinished.array(), 0, unfinished.length());
    } else if (state == State.COMMAND) {
      // What is left of it must not be taken for its beginning: a command that nobody knows.
      ink.add("\033]7777;");
    } else if (state == State.STRING) {
      ink.add("\033_");
    } else {
      ink.add(unfinished.array(), 0, MOST_UNFINISHED);
    }
  }

  private void keepUnfinished(byte[] bytes, int to) {
    if (state == State.GROUND && lacking == 0) {
      unfinished.clear();
    } else {
      for (int i = begin; i < to && unfinished.length() <= MOST_UNFINISHED; i++) {
        // Control characters inside a sequence have done their work already.
        if (bytes[i] < 0 || bytes[i] >= 0x20 || bytes[i] == 0x1b) {
          unfinished.add(bytes[i]);
        }
      }
    }
  }

  private void beginAt(int at) {
    unfinished.clear();
    begin = at;
  }

  private void next(int b, int at) {
    if (lacking > 0) {
      trail(b, at);
    } else if (b == 0x1b) {
      escape(at);
    } else if (b == 0x18 || b == 0x1a) {
      state = State.GROUND;
      screen.last = 0;
    } else {
      inSequence(b);
    }
  }

  private void inSequence(int b) {
    switch (state) {
      case ESCAPE, ESCAPE_INTERMEDIATE -> inEscape(b);
      case CSI, CSI_INTERMEDIATE, CSI_IGNORE -> inControlSequence(b);
      case COMMAND -> inCommand(b);
      case STRING, GROUND -> {}
    }
  }

  private void control(int b, int at) {
    if (b == 0x1b) {
      escape(at);
    } else {
      controls.execute(b);
    }
  }

  private void escape(int at) {
    if (state == State.COMMAND) {
      endCommand();
    }
    beginAt(at);
    state = State.ESCAPE;
    intermediate = 0;
  }

  private void inEscape(int b) {
    if (b < 0x20) {
      controls.execute(b);
    } else if (b < 0x30) {
      intermediate = intermediate == 0 ? b : -1;
      state = State.ESCAPE_INTERMEDIATE;
    } else if (b < 0x7f) {
      state = State.GROUND;
      if (intermediate != 0) {
        controls.escape(intermediate, b);
      } else {
        introduce(b);
      }
    }
  }

  private void introduce(int b) {
    switch (b) {
      case '[' -> {
        state = State.CSI;
        parameters.clear();
        prefix = 0;
      }
      case ']' -> {
        state = State.COMMAND;
        string.clear();
        screen.last = 0;
      }
      case 'P', 'X', '^', '_' -> {
        state = State.STRING;
        screen.last = 0;
      }
      default -> controls.escape(0, b);
    }
  }

  private void inControlSequence(int b) {
    if (b < 0x20) {
      controls.execute(b);
    } else if (b >= 0x40 && b < 0x7f) {
      boolean ignored = state == State.CSI_IGNORE;
      state = State.GROUND;
      if (!ignored) {
        sequences.execute(prefix, intermediate, b, parameters);
      }
    } else if (b < 0x30) {
      intermediate = intermediate == 0 ? b : -1;
      state = state == State.CSI_IGNORE ? state : State.CSI_INTERMEDIATE;
    } else if (b < 0x40) {
      parameter(b);
    }
  }

  private void parameter(int b) {
    if (state != State.CSI) {
      state = State.CSI_IGNORE;
    } else if (b <= '9') {
      parameters.digit(b - '0');
    } else if (b == ':' || b == ';') {
      parameters.next(b == ':');
    } else if (prefix == 0 && parameters.isFresh()) {
      prefix = b;
    } else {
      state = State.CSI_IGNORE;
    }
  }

  private void inCommand(int b) {
    if (b == 0x07) {
      endCommand();
      state = State.GROUND;
    } else if (b >= 0x20 && string.length() <= MOST_STRING) {
      string.add(b);
    }
  }

  private void endCommand() {
    if (string.length() <= MOST_STRING) {
      commands.execute(string.array(), string.length());
    }
  }

  /** The first byte of a character beyond ASCII: Unicode table 3-7. */
  private void lead(int b, int at) {
    least = 0x80;
    most = 0xbf;
    if (b >= 0xc2 && b <= 0xdf) {
      lacking = 1;
      character = b & 0x1f;
    } else if (b >= 0xe0 && b <= 0xef) {
      lacking = 2;
      character = b & 0xf;
      least = b == 0xe0 ? 0xa0 : least;
      most = b == 0xed ? 0x9f : most;
    } else if (b >= 0xf0 && b <= 0xf4) {
      lacking = 3;
      character = b & 0x7;
      least = b == 0xf0 ? 0x90 : least;
      most = b == 0xf4 ? 0x8f : most;
    } else {
      screen.print(REPLACEMENT);
      return;
    }
    beginAt(at);
  }

  private void trail(int b, int at) {
    if (b < least || b > most) {
      lacking = 0;
      screen.print(REPLACEMENT);
      again(b, at);
      return;
    }
    least = 0x80;
    most = 0xbf;
    character = character << 6 | (b & 0x3f);
    lacking--;
    if (lacking == 0) {
      finished();
    }
  }

  /** A byte that did not go on with a character begins something of its own. */
  private void again(int b, int at) {
    if (b >= 0x80) {
      lead(b, at);
    } else if (b >= 0x20 && b != 0x7f) {
      screen.print(new byte[] {(byte) b}, 0, 1);
    } else {
      control(b, at);
    }
  }

  /** C1 control characters (U+0080 to U+009F) mean what ESC and a letter mean. */
  private void finished() {
    if (character > 0x9f) {
      screen.print(character);
    } else {
      intermediate = 0;
      introduce(character - 0x40);
    }
  }
}
