package dev.holdfast.ssh;

import java.io.Serial;

/** A server's settings can't be used; the message is one sentence that says why and where. */
public final class SettingsException extends Exception {
  @Serial private static final long serialVersionUID = 1;

  private final int line;
  private final int column;

  SettingsException(ServerSettings.Entry where, String sentence) {
    super(where.line() == 0 ? sentence : sentence + " (" + where.place() + ")");
    line = where.line();
    column = where.column();
  }

  SettingsException(String sentence) {
    super(sentence);
    line = 0;
    column = 0;
  }

  /** Where, counted from 1; 0 if it is no single place. */
  public int line() {
    return line;
  }

  /** Where in the line, counted from 1; 0 if it is no single place. */
  public int column() {
    return column;
  }
}
