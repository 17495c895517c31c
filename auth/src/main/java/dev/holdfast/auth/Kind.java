package dev.holdfast.auth;

/** What the table of documents holds. */
enum Kind {
  USER("user"),
  ROLE("role"),
  LOCK("lock"),
  /** Says that machines have changed of which others are told: one that was removed. */
  MACHINE("machine"),
  /** Says that authorities have changed. */
  AUTHORITY("authority"),
  /** A session that somebody wants to end, until it has. */
  SESSION("session"),
  /** Says that the keys of tickets have changed. */
  TICKET_KEY("ticket_key");

  private final String word;

  Kind(String word) {
    this.word = word;
  }

  String word() {
    return word;
  }
}
