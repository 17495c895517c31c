package dev.holdfast.e2e;

import java.time.Duration;

/**
 * How much the tests of survival move and wait: little in every build, all of it with {@code
 * -Dholdfast.long=true}.
 */
final class Effort {
  static final boolean LONG = Boolean.getBoolean("holdfast.long");

  /** The size of a file that is copied while links are cut. */
  static final long BULK_BYTES = LONG ? 1L << 30 : 64L << 20;

  /** The longest silence of the network. */
  static final Duration SILENCE = LONG ? Duration.ofMinutes(10) : Duration.ofSeconds(30);

  /** How long a bulk transfer lasts at least where something is done to it at chosen moments. */
  static final Duration BULK_LASTS = LONG ? Duration.ofSeconds(60) : Duration.ofSeconds(15);

  /** The deadline of one work under one fault, beside the silences. */
  static final Duration DEADLINE = LONG ? Duration.ofMinutes(15) : Duration.ofMinutes(4);

  private Effort() {}
}
