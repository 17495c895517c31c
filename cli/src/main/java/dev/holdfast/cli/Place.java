package dev.holdfast.cli;

/**
 * A place in a configuration file.
 *
 * @param line from 1
 * @param column from 1
 */
record Place(String file, int line, int column) {
  /** As compilers write it, which editors can jump to. */
  @Override
  public String toString() {
    return file + ":" + line + ":" + column;
  }
}
