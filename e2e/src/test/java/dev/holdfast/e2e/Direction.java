package dev.holdfast.e2e;

/** Which way bytes go through a {@link CuttingRelay}. */
enum Direction {
  /** From the client to the server. */
  UP,
  /** From the server to the client. */
  DOWN
}
