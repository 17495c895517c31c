package dev.holdfast.terminal;

/**
 * Fuzz target: what a host writes and a person types, in any order. The first byte says how many
 * rows were used before; then bytes that are no UTF-8 begin pieces: 0xf7 what is typed, 0xf8 keys
 * reach the host, 0xf9 a notice, 0xfa the end of one, others what the host writes.
 */
public final class OverlayFuzz {
  private static final Size SIZE = new Size(30, 8);
  private static final int PIECE = 0xf7;

  private OverlayFuzz() {}

  /** Fails if the terminal is not as the host's bytes alone have it, once all is answered. */
  public static void fuzzerTestOneInput(byte[] input) {
    Person person = new Person(SIZE, Overlay.Predict.ALWAYS);
    person.before("before\r\n".repeat(input.length == 0 ? 0 : input[0] & 0xf));
    int begin = 1;
    for (int i = 1; i <= input.length; i++) {
      if (i == input.length || (input[i] & 0xff) >= PIECE) {
        piece(person, input, begin, i);
        begin = i;
      }
    }
    person.notice("");
    person.settle();
    person.uncover();
    String expected = StateText.of(person.plain);
    String found = StateText.of(person.shown);
    if (!expected.equals(found)) {
      throw new AssertionError("the host's\n" + expected + "\nbut\n" + found);
    }
  }

  private static void piece(Person person, byte[] input, int begin, int end) {
    if (begin >= end) {
      return;
    }
    int kind = input[begin] & 0xff;
    int from = kind >= PIECE ? begin + 1 : begin;
    switch (kind) {
      case PIECE -> person.shown.feed(person.overlay.typed(input, from, end, person.now));
      case PIECE + 1 -> {
        person.reached(100);
        person.pass(end - from);
      }
      case PIECE + 2 -> person.notice("host: no answer for 3 s");
      case PIECE + 3 -> person.notice("");
      default -> person.host(input, from, end);
    }
  }
}
