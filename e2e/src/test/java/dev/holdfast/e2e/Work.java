package dev.holdfast.e2e;

/**
 * Something that a person does over SSH and that must not notice what the network does. Confined to
 * one test.
 */
interface Work extends AutoCloseable {
  /** The part of it that is done, from 0 to 1; for work without an end of its own always 1. */
  double progress();

  /** About how many bytes it sends and receives in all. */
  long expectedBytes();

  /** Fails at once if a program of it has broken off. */
  void assertUnbroken();

  /**
   * Lets it come to its end and fails unless nothing was lost, nothing came twice and the exit
   * status is right.
   */
  void finish();

  @Override
  void close();
}
