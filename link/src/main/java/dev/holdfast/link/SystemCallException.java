package dev.holdfast.link;

import java.io.IOException;

/** A call of the operating system that failed, with the number of its error. */
final class SystemCallException extends IOException {
  private static final long serialVersionUID = 1;

  private final int errno;

  /**
   * @param call the function's name
   * @param errno the error's number, errno(3)
   * @param text what the C library calls it
   */
  SystemCallException(String call, int errno, String text) {
    super("%s: %s (error %d)".formatted(call, text, errno));
    this.errno = errno;
  }

  int errno() {
    return errno;
  }
}
