package dev.holdfast.ssh;

import java.io.IOException;
import java.io.Serial;

/** A call of the operating system failed. */
final class SystemErrorException extends IOException {
  static final int ENOENT = 2;

  @Serial private static final long serialVersionUID = 1;

  private final int errno;

  SystemErrorException(String what, int errno) {
    super(what + " failed with error " + errno);
    this.errno = errno;
  }

  int errno() {
    return errno;
  }
}
