package dev.holdfast.link;

import java.io.IOException;

/** A call of the operating system that failed, with the number of its error. */
public final class SystemCallException extends IOException {
  private static final long serialVersionUID = 1;

  private final int errno;

  /**
   * @param call the function's name
   * @param errno the error's number, errno(3)
   * @param text what the C library calls it
   */
  public SystemCallException(String call, int errno, String text) {
    super("%s: %s (error %d)".formatted(call, text, errno));
    this.errno = errno;
  }

  /** The number of the error, errno(3). */
  public int errno() {
    return errno;
  }
}
