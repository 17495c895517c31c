package dev.holdfast.cli;

import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

/** The log of one class of ours: a line of the service's log, named after the module. */
final class ModuleLogger extends LegacyAbstractLogger {
  /** Characters of a line: what strangers say gets into some. */
  static final int MOST_TEXT = 600;

  private static final long serialVersionUID = 1L;

  ModuleLogger(String name) {
    this.name = name;
  }

  @Override
  protected void handleNormalizedLoggingCall(
      Level level,
      @Nullable Marker marker,
      String message,
      Object @Nullable [] arguments,
      @Nullable Throwable thrown) {
    ServiceLog log = ModuleLogs.target();
    if (log != null) {
      String text = String.valueOf(MessageFormatter.basicArrayFormat(message, arguments));
      String shown = text.substring(0, Math.min(text.length(), MOST_TEXT));
      log.said(level(level), module(), shown.replaceAll("[^\\p{Print}]", "?"), thrown);
    }
  }

  /** What is between "dev.holdfast." and the class. */
  private String module() {
    String[] parts = name.split("\\.", 4);
    return parts[2];
  }

  private static ServiceLog.Level level(Level level) {
    return switch (level) {
      case ERROR -> ServiceLog.Level.ERROR;
      case WARN -> ServiceLog.Level.WARN;
      case INFO -> ServiceLog.Level.INFO;
      case DEBUG, TRACE -> ServiceLog.Level.DEBUG;
    };
  }

  private static boolean isHeard(ServiceLog.Level level) {
    ServiceLog log = ModuleLogs.target();
    return log != null && log.writes(level);
  }

  @Override
  protected @Nullable String getFullyQualifiedCallerName() {
    return null;
  }

  @Override
  public boolean isErrorEnabled() {
    return isHeard(ServiceLog.Level.ERROR);
  }

  @Override
  public boolean isWarnEnabled() {
    return isHeard(ServiceLog.Level.WARN);
  }

  @Override
  public boolean isInfoEnabled() {
    return isHeard(ServiceLog.Level.INFO);
  }

  @Override
  public boolean isDebugEnabled() {
    return isHeard(ServiceLog.Level.DEBUG);
  }

  @Override
  public boolean isTraceEnabled() {
    return false;
  }
}
