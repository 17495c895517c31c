package dev.holdfast.recording;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What may be shown of bytes that a stranger's program wrote: text, and those control functions
 * (ECMA-48, xterm's ctlseqs) that move the cursor, write, erase and colour on the screen. What asks
 * the terminal for an answer, changes what its keys send, its title, clipboard, size, palette or
 * scrollback, or is not known, is left out. Confined to one thread.
 */
public final class SafeText {
  /** Bytes of a control sequence; what is longer is left out. */
  static final int MOST_SEQUENCE = 128;

  /** Largest number in a control sequence; what has a larger one is left out. */
  static final int MOST_NUMBER = 9999;

  private static final int REPLACEMENT = 0xfffd;
  private static final byte ESC = 0x1b;

  /** Final bytes of control sequences without a prefix: cursor, erasing, editing, colours. */
  private static final String FINALS = "@ABCDEFGHIJKLMPSTXZ`abdefgmrsu";

  /** Final bytes behind ESC: save, restore, index, next line, tab stop, reverse index. */
  private static final String ESCAPES = "78DEHM";

  /** Private modes: screen in reverse, origin, wrap, cursor, alternate screens, update. */
  private static final Set<Integer> PRIVATE_MODES =
      Set.of(5, 6, 7, 12, 25, 47, 1047, 1048, 1049, 2026);

  /** What is let through. */
  public enum Keep {
    /** What a screen may be told. */
    SCREEN,
    /** Nothing but text, line ends and tabs. */
    TEXT
  }

  private enum State {
    GROUND,
    ESCAPE,
    /** ESC and an intermediate byte. */
    ESCAPE_INTERMEDIATE,
    SEQUENCE,
    /** A string up to ST, or BEL. */
    STRING,
    /** ESC within a string. */
    STRING_ESCAPE
  }

  private final Keep keep;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final StringBuilder sequence = new StringBuilder();
  private State state = State.GROUND;
  private int intermediate;
  private int character;
  private int lacking;
  private int least;

  /** A filter at the beginning of a program's output. */
  public SafeText(Keep keep) {
    this.keep = keep;
  }

  /** What may be shown of the bytes that come next; a beginning is kept until its end comes. */
  public byte[] filter(byte[] bytes) {
    out.reset();
    for (byte each : bytes) {
      next(each & 0xff);
    }
    return out.toByteArray();
  }

  private void next(int b) {
    if (lacking > 0 && (b & 0xc0) == 0x80) {
      character = character << 6 | (b & 0x3f);
      if (--lacking == 0) {
        decoded(character >= least ? character : REPLACEMENT);
      }
      return;
    }
    if (lacking > 0) {
      lacking = 0;
      decoded(REPLACEMENT);
    }
    if (b < 0x80) {
      decoded(b);
    } else if (b >= 0xc2 && b < 0xf5) {
      lacking = b < 0xe0 ? 1 : b < 0xf0 ? 2 : 3;
      least = b < 0xe0 ? 0x80 : b < 0xf0 ? 0x800 : 0x10000;
      character = b & (0x3f >> lacking);
    } else {
      decoded(REPLACEMENT);
    }
  }

  private void decoded(int c) {
    switch (state) {
      case GROUND -> ground(c);
      case ESCAPE -> escape(c);
      case ESCAPE_INTERMEDIATE -> escapeIntermediate(c);
      case SEQUENCE -> sequence(c);
      case STRING -> string(c);
      case STRING_ESCAPE -> {
        state = c == '\\' ? State.GROUND : State.ESCAPE;
        if (state == State.ESCAPE) {
          escape(c);
        }
      }
    }
  }

  private void ground(int c) {
    if (c == ESC) {
      state = State.ESCAPE;
    } else if (c < 0x20) {
      control(c);
    } else if (c >= 0x80 && c < 0xa0) {
      // C1: what ESC and a letter mean.
      escape(c - 0x40);
    } else if (c != 0x7f) {
      print(c);
    }
  }

  private void control(int c) {
    boolean shown =
        switch (c) {
          case '\n', '\t' -> true;
          case '\b', 0x0b, '\f', '\r', 0x0e, 0x0f -> keep == Keep.SCREEN;
          default -> false;
        };
    if (shown) {
      out.write(c);
    }
  }

  private void print(int c) {
    boolean valid = c <= Character.MAX_CODE_POINT && (c < 0xd800 || c > 0xdfff);
    out.writeBytes(Character.toString(valid ? c : REPLACEMENT).getBytes(UTF_8));
  }

  private void escape(int c) {
    state = State.GROUND;
    switch (c) {
      case '[' -> {
        state = State.SEQUENCE;
        sequence.setLength(0);
      }
      case ']', 'P', 'X', '^', '_' -> state = State.STRING;
      case '(', ')', ' ', '#', '%', '*', '+', '-', '.', '/', '$', '&', '!', '"', '\'', ',' -> {
        state = State.ESCAPE_INTERMEDIATE;
        intermediate = c;
      }
      case ESC -> state = State.ESCAPE;
      default -> {
        if (c < 0x20) {
          state = State.ESCAPE;
          control(c);
        } else if (ESCAPES.indexOf(c) >= 0) {
          tell("" + (char) c);
        }
      }
    }
  }

  /** Character sets, of which there are ASCII, the British one and lines. */
  private void escapeIntermediate(int c) {
    if (c >= 0x20 && c < 0x30) {
      intermediate = 0;
      return;
    }
    state = State.GROUND;
    if (c == ESC) {
      state = State.ESCAPE;
    } else if ((intermediate == '(' || intermediate == ')') && (c == 'B' || c == '0' || c == 'A')) {
      tell("" + (char) intermediate + (char) c);
    }
  }

  private void sequence(int c) {
    if (c == ESC) {
      state = State.ESCAPE;
    } else if (c == 0x18 || c == 0x1a || c >= 0x7f) {
      state = State.GROUND;
    } else if (c < 0x20) {
      control(c);
    } else if (c >= 0x40) {
      state = State.GROUND;
      if (sequence.length() < MOST_SEQUENCE && isSafe(sequence.toString(), (char) c)) {
        tell("[" + sequence + (char) c);
      }
    } else if (sequence.length() < MOST_SEQUENCE) {
      sequence.append((char) c);
    }
  }

  private static boolean isSafe(String parameters, char end) {
    boolean isPrivate = parameters.startsWith("?");
    String numbers = isPrivate ? parameters.substring(1) : parameters;
    if (!numbers.chars().allMatch(c -> (c >= '0' && c <= '9') || c == ';' || c == ':')) {
      return false;
    }
    if (isPrivate) {
      return switch (end) {
        case 'h', 'l' -> all(numbers, PRIVATE_MODES);
        case 'J', 'K' -> all(numbers, Set.of(0, 1, 2));
        default -> false;
      };
    }
    return switch (end) {
      case 'h', 'l' -> all(numbers, Set.of(4));
      // 3 erases the scrollback, which is the watcher's.
      case 'J' -> all(numbers, Set.of(0, 1, 2));
      default -> FINALS.indexOf(end) >= 0 && all(numbers, null);
    };
  }

  private static boolean all(String numbers, @Nullable Set<Integer> known) {
    for (String number : numbers.split("[;:]", -1)) {
      if (number.length() > 9) {
        return false;
      }
      int value = number.isEmpty() ? 0 : Integer.parseInt(number);
      if (known == null ? value > MOST_NUMBER : !known.contains(value)) {
        return false;
      }
    }
    return true;
  }

  private void tell(String behindEscape) {
    if (keep == Keep.SCREEN) {
      out.write(ESC);
      out.writeBytes(behindEscape.getBytes(US_ASCII));
    }
  }

  private void string(int c) {
    if (c == ESC) {
      state = State.STRING_ESCAPE;
    } else if (c == 0x07 || c == 0x9c || c == 0x18 || c == 0x1a) {
      state = State.GROUND;
    }
  }
}
