package dev.holdfast.client;

import dev.holdfast.ssh.WindowSize;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A terminal of this process, by its descriptor. Its modes are put back by {@link #restore}, which
 * also runs when the process ends by a signal or an exit. Thread-safe.
 */
public final class Tty {
  public static final int STDIN = 0;
  public static final int STDOUT = 1;

  /**
   * Characters of {@code c_cc} as termios(3) of Linux numbers them, in the order of RFC 4254 8's
   * opcodes from 1 on; -1 for those that Linux has not.
   */
  private static final int[] CHARACTERS = {
    0, 1, 2, 3, 4, 11, 16, 8, 9, 10, -1, 12, 14, 15, -1, -1, -1, 13
  };

  /** Flags of {@code c_iflag} by opcode from 30 on. */
  private static final int[] INPUT = {
    0x4, 0x8, 0x10, 0x20, 0x40, 0x80, 0x100, 0x200, 0x400, 0x800, 0x1000, 0x2000, 0x4000
  };

  /** Flags of {@code c_lflag} by opcode from 50 on. */
  private static final int[] LOCAL = {
    0x1, 0x2, 0x4, 0x8, 0x10, 0x20, 0x40, 0x80, 0x100, 0x8000, 0x200, 0x400, 0x800, 0x4000
  };

  /** Flags of {@code c_oflag} by opcode from 70 on. */
  private static final int[] OUTPUT = {0x1, 0x2, 0x4, 0x8, 0x10, 0x20};

  private static final int CONTROL_AT = 8;
  private static final int LOCAL_AT = 12;
  private static final int CHARACTERS_AT = 17;
  private static final int DISABLED = 255;
  private static final int ECHO = 0x8;
  private static final int ECHO_NEWLINE = 0x40;
  private static final int MAC_LOCAL_AT = 24;
  private static final int SPEED = 38_400;

  private final int descriptor;
  private byte @Nullable [] saved;

  /** The terminal at that descriptor, if it is one. */
  public Tty(int descriptor) {
    this.descriptor = descriptor;
  }

  public boolean isTerminal() {
    return TtyCalls.isTerminal(descriptor);
  }

  /** The window's size, if it is known. */
  Optional<WindowSize> size() {
    short[] size = TtyCalls.windowSize(descriptor);
    return size == null
        ? Optional.empty()
        : Optional.of(
            new WindowSize(
                Short.toUnsignedInt(size[1]),
                Short.toUnsignedInt(size[0]),
                Short.toUnsignedInt(size[2]),
                Short.toUnsignedInt(size[3])));
  }

  /** The modes as a server is told them (RFC 4254 8); none where their layout is not known. */
  Map<Integer, Long> modes() {
    byte[] termios = TtyCalls.modes(descriptor);
    Map<Integer, Long> modes = new LinkedHashMap<>();
    if (termios == null || TtyCalls.isMac()) {
      return modes;
    }
    modes.put(128, (long) SPEED);
    modes.put(129, (long) SPEED);
    for (int i = 0; i < CHARACTERS.length; i++) {
      if (CHARACTERS[i] >= 0) {
        int c = termios[CHARACTERS_AT + CHARACTERS[i]] & 0xff;
        modes.put(i + 1, (long) (c == 0 ? DISABLED : c));
      }
    }
    ByteBuffer words = ByteBuffer.wrap(termios).order(ByteOrder.nativeOrder());
    put(modes, 30, INPUT, words.getInt(0));
    put(modes, 50, LOCAL, words.getInt(LOCAL_AT));
    put(modes, 70, OUTPUT, words.getInt(4));
    int control = words.getInt(CONTROL_AT);
    modes.put(90, (control & 0x30) == 0x20 ? 1L : 0L);
    modes.put(91, (control & 0x30) == 0x30 ? 1L : 0L);
    put(modes, 92, new int[] {0x100, 0x200}, control);
    return modes;
  }

  private static void put(Map<Integer, Long> modes, int opcode, int[] flags, int word) {
    for (int i = 0; i < flags.length; i++) {
      modes.put(opcode + i, (word & flags[i]) == 0 ? 0L : 1L);
    }
  }

  /** Every byte comes and goes as it is from now on. */
  public void raw() {
    change(TtyCalls::raw);
  }

  /** What is typed is not shown from now on. */
  void hide() {
    change(termios -> {
      ByteBuffer words = ByteBuffer.wrap(termios).order(ByteOrder.nativeOrder());
      int at = TtyCalls.isMac() ? MAC_LOCAL_AT : LOCAL_AT;
      words.putInt(at, words.getInt(at) & ~(ECHO | (TtyCalls.isMac() ? 0x10 : ECHO_NEWLINE)));
      return termios;
    });
  }

  private interface Change {
    byte[] of(byte[] termios);
  }

  private synchronized void change(Change change) {
    byte[] before = TtyCalls.modes(descriptor);
    if (before == null) {
      return;
    }
    if (saved == null) {
      saved = before;
      Restorer.add(this);
    }
    TtyCalls.setModes(
        descriptor, TtyCalls.TCSADRAIN, change.of(Arrays.copyOf(before, before.length)));
  }

  /** The modes are what they were before; whether they were others. */
  public synchronized boolean restore() {
    if (saved == null) {
      return false;
    }
    TtyCalls.setModes(descriptor, TtyCalls.TCSANOW, saved);
    saved = null;
    Restorer.remove(this);
    return true;
  }

  /** Puts terminals back when the process ends. */
  private static final class Restorer {
    private static final java.util.Set<Tty> CHANGED =
        java.util.concurrent.ConcurrentHashMap.newKeySet();

    static {
      Runtime.getRuntime()
          .addShutdownHook(new Thread(() -> CHANGED.forEach(Tty::restore), "terminal"));
    }

    static void add(Tty tty) {
      CHANGED.add(tty);
    }

    static void remove(Tty tty) {
      CHANGED.remove(tty);
    }
  }
}
