package dev.holdfast.client;

import java.io.IOException;

/** A configuration that can't be used. The message says where and why, in one sentence. */
public final class ConfigFailure extends IOException {
  private static final long serialVersionUID = 1L;

  ConfigFailure(String message) {
    super(message);
  }

  ConfigFailure(String message, Throwable cause) {
    super(message, cause);
  }

  /** The failure of a value that stands in no line. */
  static ConfigFailure of(BadValue value) {
    return new ConfigFailure(String.valueOf(value.getMessage()), value);
  }

  /** The failure of a line, which {@code place} names, such as {@code file line 3}. */
  static ConfigFailure at(String place, BadValue value) {
    return new ConfigFailure(place + ": " + value.getMessage(), value);
  }
}
