package dev.holdfast.node;

import java.util.Optional;

/** What attaching to a named session means for others that are attached. */
enum AttachMode {
  /** They are detached: one terminal at a time. */
  TAKE("take"),
  /** They stay, and all may type. */
  SHARE("share"),
  /** They stay; this one only looks. */
  WATCH("watch");

  private final String word;

  AttachMode(String word) {
    this.word = word;
  }

  String word() {
    return word;
  }

  /** The mode that a word of {@code PROTOCOL.named-session} names. */
  static Optional<AttachMode> of(String word) {
    for (AttachMode mode : values()) {
      if (mode.word.equals(word)) {
        return Optional.of(mode);
      }
    }
    return Optional.empty();
  }
}
