package dev.holdfast.ssh;

/** How much is logged (sshd_config(5), LogLevel). */
public enum LogLevel {
  QUIET,
  FATAL,
  ERROR,
  INFO,
  VERBOSE,
  DEBUG1,
  DEBUG2,
  DEBUG3
}
