package dev.holdfast.stream;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads what both sides of one wire write, by PROTOCOL.resume-v1 alone, and objects to every
 * violation. It shares no code with what it watches.
 */
final class RefereeV1 implements Dialect.Referee {
  private static final int TAG_AT = 27 + 65;

  private final Side client = new Side(Expected.PRELUDE);
  private final Side server = new Side(Expected.LINE);
  private boolean resumes;

  /** What one side writes next. */
  private enum Expected {
    /** The client's prelude, key and tag, and the masked token if it resumes. */
    PRELUDE,
    /** The server's line. */
    LINE,
    /** The server's answer if the client resumes, else its first frame. */
    ANSWER,
    POSITION,
    ACKNOWLEDGEMENT,
    LENGTH,
    DATA,
    /** The close or a refusal was written. */
    NOTHING
  }

  private static final class Side {
    Expected expected;
    int opening;
    long number;
    int shift;
    long data;
    long sent;
    long acknowledged;
    long position = -1;
    long ackedBefore;
    long startOfData = -1;

    Side(Expected first) {
      expected = first;
    }
  }

  @Override
  public void written(boolean byClient, ByteBuffer bytes, @Nullable Endpoint writer) {
    Side side = byClient ? client : server;
    Side other = byClient ? server : client;
    while (bytes.hasRemaining()) {
      if (side.expected == Expected.DATA) {
        int some = (int) Math.min(side.data, bytes.remaining());
        bytes.position(bytes.position() + some);
        side.data -= some;
        side.sent += some;
        side.expected = side.data == 0 ? Expected.ACKNOWLEDGEMENT : Expected.DATA;
      } else {
        octet(side, other, bytes.get() & 0xff, writer);
      }
    }
  }

  private void octet(Side side, Side other, int octet, @Nullable Endpoint writer) {
    switch (side.expected) {
      case PRELUDE -> prelude(side, octet);
      case LINE -> side.expected = octet == '\n' ? Expected.ANSWER : Expected.LINE;
      case ANSWER -> answer(side, other, octet, writer);
      case POSITION, ACKNOWLEDGEMENT, LENGTH -> group(side, other, octet, writer);
      case DATA -> throw new IllegalStateException("data is skipped at once");
      case NOTHING -> throw new AssertionError("nothing follows the close or a refusal");
    }
  }

  private void prelude(Side side, int octet) {
    if (side.opening == TAG_AT) {
      resumes = octet == 1;
      side.expected = resumes ? Expected.PRELUDE : begin(side);
    } else if (side.opening == TAG_AT + 16) {
      side.expected = Expected.POSITION;
    }
    side.opening++;
  }

  private void answer(Side side, Side other, int octet, @Nullable Endpoint writer) {
    if (resumes) {
      side.expected = octet == 0 ? Expected.POSITION : Expected.NOTHING;
    } else {
      side.expected = begin(side);
      octet(side, other, octet, writer);
    }
  }

  /** The positions of a new stream are 0 and not written. */
  private static Expected begin(Side side) {
    side.position = 0;
    return Expected.ACKNOWLEDGEMENT;
  }

  private void group(Side side, Side other, int octet, @Nullable Endpoint writer) {
    require(octet != 0 || side.shift == 0, "numbers are written in the shortest form");
    side.number |= (octet & 0x7fL) << side.shift;
    side.shift += 7;
    require(side.shift <= 70, "a number has at most ten bytes");
    if (octet < 0x80) {
      long number = side.number;
      side.number = 0;
      side.shift = 0;
      number(side, other, number, writer);
    }
  }

  private void number(Side side, Side other, long number, @Nullable Endpoint writer) {
    switch (side.expected) {
      case POSITION -> position(side, other, number, writer);
      case ACKNOWLEDGEMENT -> {
        boolean isClose = number == -1;
        side.expected = isClose ? Expected.NOTHING : Expected.LENGTH;
        side.acknowledged += isClose ? 0 : number;
        boolean isRight = side.acknowledged >= 0 && side.acknowledged <= other.sent;
        require(isRight, "acknowledges no more than was sent");
      }
      case LENGTH -> length(side, other, number);
      default -> throw new IllegalStateException("no number is expected");
    }
  }

  private void position(Side side, Side other, long number, @Nullable Endpoint writer) {
    require(writer != null && number <= writer.received(), "a position is what was received");
    require(
        other.startOfData < 0 || other.startOfData == number,
        "data ahead of a position begins where that will be");
    side.position = number;
    side.ackedBefore = writer == null ? 0 : writer.acked();
    side.expected = Expected.ACKNOWLEDGEMENT;
  }

  private void length(Side side, Side other, long number) {
    require(number >= 0 && number <= 131_072, "a frame carries at most 128 KiB");
    side.data = number;
    side.expected = number == 0 ? Expected.ACKNOWLEDGEMENT : Expected.DATA;
    if (number > 0 && side.startOfData < 0) {
      side.startOfData = other.position < 0 ? side.ackedBefore : other.position;
      require(side.startOfData >= side.ackedBefore, "nothing acknowledged is resent");
    }
  }

  private static void require(boolean condition, String rule) {
    if (!condition) {
      throw new AssertionError(rule);
    }
  }
}
