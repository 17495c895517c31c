package dev.holdfast.bench;

import java.util.List;

/** Ours: a gate before the server, and before it the client library or {@code holdfast connect}. */
enum Resuming implements Path {
  LIBRARY("gate-library"),
  CONNECT("gate-connect");

  private final String label;

  Resuming(String label) {
    this.label = label;
  }

  @Override
  public String label() {
    return label;
  }

  @Override
  public List<String> between(int listenPort, int serverPort, java.nio.file.Path scratch) {
    return List.of(
        launcher(),
        "gate",
        "--state-dir=" + scratch,
        "--listen=127.0.0.1:" + listenPort,
        "--to=127.0.0.1:" + serverPort);
  }

  @Override
  public List<String> dialer() {
    return switch (this) {
      case LIBRARY -> List.of("library");
      case CONNECT -> List.of("connect", launcher());
    };
  }

  @Override
  public boolean resumes() {
    return true;
  }

  /** Returns the command that users run, as {@code bench/run} says where it is. */
  static String launcher() {
    return System.getProperty("holdfast.launcher", "./holdfast");
  }
}
