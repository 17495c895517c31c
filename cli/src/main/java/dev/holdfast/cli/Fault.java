package dev.holdfast.cli;

/** What can happen to the demo's stream. */
enum Fault {
  RESET("link reset"),
  SILENCE("link dead, without a word"),
  FLIP("bit flipped on the way"),
  MOVE("client's address changed"),
  RESTART("proxy restarted");

  private final String words;

  Fault(String words) {
    this.words = words;
  }

  /** What happened, for people. */
  String words() {
    return words;
  }
}
